import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Scenario } from '../kit/scenario.ts';
import { openSmallDisk } from '../kit/small-disk.ts';
import { sharedKafka } from '../kit/sources.ts';
import { STREAM } from '../kit/tab.ts';
import { within } from '../kit/time.ts';
import { Trial } from '../kit/trial.ts';

export const f22: Scenario = {
  id: 'F22',
  fault: 'the disk is full',
  how: 'the relay’s data lies on a disk of 4 MiB; more than that is written; after a random while there is room again',
  letters: ['L', 'D', 'O', 'A', 'P', 'R', 'T'],
  also: 'the stream’s state says what to do and /readyz says 503, until it goes on by itself',
  run: async (world, seed) => {
    const disk = await openSmallDisk();
    try {
      return await Trial.run(
        world,
        'F22',
        seed,
        {
          source: await sharedKafka(world),
          nodeTabs: 2,
          data: join(disk.folder, 'data'),
          nodeArgs: () => disk.nodeArgs,
          more: () => ({ pad: randomBytes(6_000).toString('base64') }),
        },
        async (trial) => {
          trial.figures.disk = disk.kind;
          await trial.write(900);
          const full = await within(30_000, async () => ((await trial.get('/readyz'))?.status === 503 ? true : null));
          trial.expect(full === true, '/readyz did not say 503 though the disk was full');
          const told = await within(10_000, async () => {
            const source = (await trial.tabs[0]?.status())?.streams[STREAM]?.source;
            return source?.state === 'failed' ? source : null;
          });
          trial.expect(told?.fix != null, `the tab was not told what to do: ${JSON.stringify(told)}`);
          await trial.pause(200, trial.lasting(20_000, 1_000));
          await disk.grow();
          await trial.recovered();
          const ready = await within(30_000, async () => ((await trial.get('/readyz'))?.status === 200 ? true : null));
          trial.expect(ready === true, '/readyz did not say 200 once there was room');
          return trial.verdict();
        },
      );
    } finally {
      await disk.remove();
    }
  },
};
