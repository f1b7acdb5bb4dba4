import type { Scenario } from '../kit/scenario.ts';
import { sharedKafka } from '../kit/sources.ts';
import { Trial } from '../kit/trial.ts';

export const f01: Scenario = {
  id: 'F1',
  fault: 'a tab’s connection is reset in the middle of a batch',
  how: 'RST, or an end after a random number of bytes, to random tabs at random moments, while records come',
  letters: ['L', 'D', 'O', 'A', 'P', 'R', 'T'],
  also: 'no loss is told',
  run: async (world, seed) =>
    Trial.run(world, 'F1', seed, { source: await sharedKafka(world), nodeTabs: 2, chromiumTabs: 2 }, async (trial) => {
      await trial.writingDuring(async () => {
        const times = trial.lasting(12, 4);
        for (let time = 0; time < times; time++) {
          await trial.pause(50, 600);
          const tabs = trial.tabs.filter(() => trial.random.chance(0.6));
          const bytes = trial.random.chance(0.5) ? Math.floor(trial.random.between(1, 4_000)) : null;
          for (const { proxy } of tabs) {
            if (bytes === null) proxy.resetAll();
            else proxy.cutAll(bytes);
          }
        }
        await trial.recovered();
      });
      return trial.verdict();
    }),
};
