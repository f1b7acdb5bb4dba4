import { openStormTab, type StormTab } from '../../relay/storm.ts';
import { startProxy } from '../../support/proxy.ts';
import { quantile } from '../kit/quantile.ts';
import type { Scenario } from '../kit/scenario.ts';
import { sharedKafka } from '../kit/sources.ts';
import { within } from '../kit/time.ts';
import { Trial } from '../kit/trial.ts';

export const f09: Scenario = {
  id: 'F9',
  fault: 'a reconnect storm',
  how: '2,000 tabs (short: 200), each with the connection of a real one, are reset at once at a random moment; two whole tabs watch',
  letters: ['L', 'D', 'O', 'A', 'P', 'R', 'T'],
  also: 'all are back; each record was read from Kafka once; no reader has a hole',
  run: async (world, seed) =>
    Trial.run(world, 'F9', seed, { source: await sharedKafka(world), nodeTabs: 2 }, async (trial) => {
      const proxy = await startProxy({ target: () => trial.relay.port });
      trial.after(() => proxy.stop());
      const readers: StormTab[] = [];
      trial.after(async () => {
        for (const reader of readers) reader.connection.close('the test is over');
      });
      const count = trial.lasting(2_000, 200);
      const live = () => readers.filter(({ connection }) => connection.status().state === 'live').length;
      for (let reader = 0; reader < count; reader++) {
        readers.push(openStormTab(proxy.port, 'websocket'));
        if (reader % 50 === 49) await within(60_000, () => (live() === readers.length ? true : null));
      }
      trial.expect(live() === count, `only ${live()} of ${count} readers connected`);
      await trial.writingDuring(async () => {
        await trial.pause(100, 1_000);
        const startedMs = performance.now();
        const outcomes = readers.map((reader) => reader.outcomes.length);
        proxy.resetAll();
        for (const tab of trial.tabs) tab.proxy.resetAll();
        const back: number[] = [];
        const seen = new Set<number>();
        await within(120_000, () => {
          for (const [index, reader] of readers.entries())
            if (!seen.has(index) && reader.outcomes.length > (outcomes[index] ?? 0)) {
              seen.add(index);
              back.push(performance.now() - startedMs);
            }
          return seen.size === count ? true : null;
        });
        trial.figures.readers = count;
        trial.figures['readers back, median → last, ms'] = `${quantile(back, 0.5)} → ${quantile(back, 1)}`;
        trial.expect(seen.size === count, `${count - seen.size} of ${count} readers did not come back`);
        await trial.recovered();
      });
      const result = await trial.verdict();
      const read = (await trial.metric('highwater_relay_messages_total')) ?? 0;
      const most = Math.max(...readers.map(({ rows }) => rows));
      const whole = await within(30_000, () => (readers.every(({ rows }) => rows === result.records) ? true : null));
      const also: { letter: '+'; text: string }[] = [];
      if (whole === null)
        also.push({
          letter: '+',
          text: `readers hold ${Math.min(...readers.map(({ rows }) => rows))} to ${most} of ${result.records} records`,
        });
      if (read > result.records)
        also.push({ letter: '+', text: `the relay read ${read} records from Kafka for ${result.records}` });
      return { ...result, violations: [...result.violations, ...also] };
    }),
};
