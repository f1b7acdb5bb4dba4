import type { Scenario } from '../kit/scenario.ts';
import { sharedKafka } from '../kit/sources.ts';
import { within } from '../kit/time.ts';
import { Trial } from '../kit/trial.ts';

export const f02: Scenario = {
  id: 'F2',
  fault: 'a half-open link: nothing passes, and nobody is told',
  how: 'the links of one tab in Node and one in Chromium are a blackhole for 90 s, 6 heartbeats (short: 12), from a random moment',
  letters: ['L', 'D', 'O', 'A', 'P', 'R', 'T'],
  also: 'tab and relay both notice while it lasts; after how many heartbeats is measured',
  run: async (world, seed) =>
    Trial.run(world, 'F2', seed, { source: await sharedKafka(world), nodeTabs: 2, chromiumTabs: 1 }, (trial) =>
      trial
        .writingDuring(async () => {
          await trial.pause(100, 1_000);
          const cut = trial.tabs.filter(({ name }) => name !== 'node 2');
          const startedMs = performance.now();
          const lastsMs = trial.lasting(90_000, 12 * trial.heartbeatMs);
          for (const { proxy } of cut) proxy.set({ kind: 'blackhole' });
          const noticed = await Promise.all([
            ...cut.map(async (tab) => {
              const away = await within(lastsMs, async () => {
                const status = await tab.status();
                return status !== null && status.connection.state !== 'live' ? true : null;
              });
              return away === null ? null : performance.now() - startedMs;
            }),
            within(lastsMs, async () => {
              const sessions = await trial.metric('highwater_relay_subscribers');
              return sessions !== null && sessions <= trial.tabs.length - cut.length ? true : null;
            }).then((gone) => (gone === null ? null : performance.now() - startedMs)),
          ]);
          const heartbeats = noticed.map((ms) => (ms === null ? Number.POSITIVE_INFINITY : ms / trial.heartbeatMs));
          trial.figures['noticed after, heartbeats'] = heartbeats.map((count) => count.toFixed(1)).join(' · ');
          trial.expect(
            heartbeats.every(Number.isFinite),
            `somebody did not notice: ${trial.figures['noticed after, heartbeats']} heartbeats (tabs, relay)`,
          );
          await within(lastsMs - (performance.now() - startedMs), () => null);
          for (const { proxy } of cut) proxy.set({ kind: 'pass' });
          await trial.recovered();
        })
        .then(() => trial.verdict()),
    ),
};
