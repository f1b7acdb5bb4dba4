import type { Scenario } from '../kit/scenario.ts';
import { sharedKafka } from '../kit/sources.ts';
import { Trial } from '../kit/trial.ts';

export const f07: Scenario = {
  id: 'F7',
  fault: 'the relay is killed (kill -9) and started again',
  how: 'at random moments while records come, three times (short: once); it is away for up to 5 s (short: 1)',
  letters: ['L', 'D', 'O', 'A', 'P', 'R', 'T'],
  also: '',
  run: async (world, seed) =>
    Trial.run(world, 'F7', seed, { source: await sharedKafka(world), nodeTabs: 2, chromiumTabs: 1 }, (trial) =>
      trial
        .writingDuring(async () => {
          for (let time = 0; time < trial.lasting(3, 1); time++) {
            await trial.pause(200, 2_000);
            await trial.relay.kill();
            await trial.pause(0, trial.lasting(5_000, 1_000));
            await trial.relay.start();
            await trial.recovered();
          }
        })
        .then(() => trial.verdict()),
    ),
};
