import { randomBytes } from 'node:crypto';
import { quantile } from '../kit/quantile.ts';
import type { Scenario } from '../kit/scenario.ts';
import { sharedKafka } from '../kit/sources.ts';
import { type FaultTab, STREAM } from '../kit/tab.ts';
import { sleep } from '../kit/time.ts';
import { Trial } from '../kit/trial.ts';

/** Lags of a tab over some time: sealed at the relay → committed in the tab, of its newest frame. */
async function lags(tab: FaultTab, lastsMs: number): Promise<number[]> {
  const found: number[] = [];
  for (const untilMs = performance.now() + lastsMs; performance.now() < untilMs; await sleep(20)) {
    const lag = (await tab.status())?.streams[STREAM]?.lag.ms;
    if (lag !== null && lag !== undefined) found.push(lag);
  }
  return found;
}

export const f05: Scenario = {
  id: 'F5',
  fault: 'a slow tab, which wants every record',
  how: 'one tab’s link carries 50 KB/s less than the stream, for 60 s (short: 4); then all of it',
  letters: ['L', 'D', 'O', 'A', 'P', 'R', 'T'],
  also: 'the delay of the other tabs, before and meanwhile, is measured',
  run: async (world, seed) =>
    Trial.run(
      world,
      'F5',
      seed,
      {
        source: await sharedKafka(world),
        nodeTabs: 3,
        heartbeatMs: 15_000,
        more: () => ({ pad: randomBytes(1_500).toString('base64') }),
      },
      (trial) =>
        trial
          .writingDuring(async () => {
            const [slow, fast] = trial.tabs;
            if (!slow || !fast) throw new Error('two tabs are needed');
            await trial.pause(200, 800);
            const lastsMs = trial.lasting(60_000, 4_000);
            const before = await lags(fast, lastsMs / 2);
            slow.proxy.set({ kind: 'bandwidth', bytesPerSecond: 50_000 });
            const meanwhile = await lags(fast, lastsMs);
            const behind =
              ((await fast.status())?.streams[STREAM]?.received ?? 0) -
              ((await slow.status())?.streams[STREAM]?.received ?? 0);
            trial.figures['the slow tab fell behind by, records'] = behind;
            trial.figures['delay of others p99, before → meanwhile, ms'] =
              `${quantile(before, 0.99)} → ${quantile(meanwhile, 0.99)}`;
            trial.expect(behind > 0, 'the slow tab was not slow: nothing was tried');
            slow.proxy.set({ kind: 'pass' });
            await trial.recovered();
          })
          .then(() => trial.verdict()),
    ),
};
