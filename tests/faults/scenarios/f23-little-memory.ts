import { randomBytes } from 'node:crypto';
import type { Scenario } from '../kit/scenario.ts';
import { sharedKafka } from '../kit/sources.ts';
import { Trial } from '../kit/trial.ts';

const HEAP_MB = 64;

export const f23: Scenario = {
  id: 'F23',
  fault: 'a relay with little memory, and tabs that do not keep up',
  how: `Node is given ${HEAP_MB} MB of heap; half of the tabs get 60 KB/s of 18 MB (long: 360, over 10 min), and then all of it`,
  letters: ['L', 'D', 'O', 'A', 'P', 'R', 'T'],
  also: 'the process goes on: it neither dies nor is started again',
  run: async (world, seed) =>
    Trial.run(
      world,
      'F23',
      seed,
      {
        source: await sharedKafka(world),
        nodeTabs: 3,
        heartbeatMs: 15_000,
        more: () => ({ pad: randomBytes(9_000).toString('base64') }),
        nodeArgs: () => [`--max-old-space-size=${HEAP_MB}`],
      },
      async (trial) => {
        const { pid } = trial.relay;
        const slow = trial.tabs.filter((_, index) => index % 2 === 0);
        for (const { proxy } of slow) proxy.set({ kind: 'bandwidth', bytesPerSecond: 60_000 });
        const rounds = trial.lasting(20, 1);
        for (let round = 0; round < rounds; round++) {
          await trial.write(1_500);
          await trial.pause(0, trial.lasting(60_000, 500));
        }
        for (const { proxy } of slow) proxy.set({ kind: 'pass' });
        await trial.recovered();
        trial.expect(trial.relay.pid === pid && (await trial.get('/healthz'))?.status === 200, 'the relay died');
        return trial.verdict();
      },
    ),
};
