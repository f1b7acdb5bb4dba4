import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scenario } from '../kit/scenario.ts';
import { sharedKafka } from '../kit/sources.ts';
import { STREAM } from '../kit/tab.ts';
import { Trial } from '../kit/trial.ts';

const CLOCK = new URL('../kit/clock-that-jumps.mjs', import.meta.url).href;
const HOUR_MS = 3_600_000;
const SKEWS: Readonly<Record<string, number>> = { p0: -HOUR_MS, p1: 0.9 * HOUR_MS, p2: 0 };

export const f21: Scenario = {
  id: 'F21',
  fault: 'clocks that are wrong, and a clock that jumps',
  how: 'producers an hour behind and 54 min ahead; the relay’s own wall clock jumps by up to ±1 h at random moments while it runs',
  letters: ['L', 'D', 'O', 'A', 'P', 'R', 'T'],
  also: 'no lag is below 0; the tabs stay connected or come back; what is more than `ahead` beyond the clock is allowed (ahead: 3h)',
  run: async (world, seed) =>
    Trial.run(
      world,
      'F21',
      seed,
      {
        source: await sharedKafka(world),
        nodeTabs: 2,
        stream: { time: { field: 'ts', format: 'millis', delay: '1s', idle: '1s', ahead: '3h' } },
        eventTimeMs: (producer) => Date.now() + (SKEWS[producer] ?? 0),
        nodeArgs: (folder) => ['--import', `${CLOCK}?file=${encodeURIComponent(join(folder, 'clock'))}`],
      },
      (trial) =>
        trial
          .writingDuring(async () => {
            for (let time = 0; time < trial.lasting(10, 3); time++) {
              await trial.pause(300, 1_200);
              const jumpMs = Math.round(trial.random.between(-HOUR_MS, HOUR_MS));
              await writeFile(join(trial.folder, 'clock'), String(jumpMs));
              await trial.pause(300, 1_200);
              for (const tab of trial.tabs) {
                const lag = (await tab.status())?.streams[STREAM]?.lag;
                trial.expect(
                  (lag?.ms ?? 0) >= 0 && (lag?.records ?? 0) >= 0,
                  `${tab.name}: lag ${JSON.stringify(lag)}`,
                );
              }
            }
            await writeFile(join(trial.folder, 'clock'), '0');
            await trial.recovered();
          })
          .then(() => trial.verdict()),
    ),
};
