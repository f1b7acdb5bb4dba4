import type { Scenario } from '../kit/scenario.ts';
import { sharedKafka } from '../kit/sources.ts';
import { STREAM } from '../kit/tab.ts';
import { Trial } from '../kit/trial.ts';

export const f03: Scenario = {
  id: 'F3',
  fault: 'a tab is reloaded, or its renderer crashes, in the middle of a tick',
  how: 'reloads and crashes of two Chromium tabs at random moments, while records come',
  letters: ['L', 'D', 'O', 'A', 'P', 'R', 'T'],
  also: 'rows are read back from the tab’s own journal, and the relay resumes it from there',
  run: async (world, seed) =>
    Trial.run(world, 'F3', seed, { source: await sharedKafka(world), nodeTabs: 1, chromiumTabs: 2 }, (trial) =>
      trial
        .writingDuring(async () => {
          for (let time = 0; time < trial.lasting(6, 1); time++) {
            await trial.pause(800, 2_500);
            await Promise.all(
              trial.chromiumTabs.map((tab, index) => ((time + index + seed) % 2 === 0 ? tab.reload() : tab.crash())),
            );
            await trial.recovered();
            for (const tab of trial.chromiumTabs) {
              const status = await tab.status();
              const restored = status?.journal.restoredRows ?? 0;
              trial.figures['rows read back, least'] = Math.min(
                Number(trial.figures['rows read back, least'] ?? Number.POSITIVE_INFINITY),
                restored,
              );
              trial.expect(restored > 0, `${tab.name}: no rows were read back (journal ${status?.journal.state})`);
              const outcome = status?.streams[STREAM]?.delivery?.outcome;
              trial.expect(outcome === 'resumed', `${tab.name}: delivery was answered ${outcome}`);
            }
          }
        })
        .then(() => trial.verdict()),
    ),
};
