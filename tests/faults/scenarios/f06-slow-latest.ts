import { randomBytes } from 'node:crypto';
import type { Scenario } from '../kit/scenario.ts';
import { sharedKafka } from '../kit/sources.ts';
import { type FaultTab, STREAM } from '../kit/tab.ts';
import { Trial } from '../kit/trial.ts';

const NEWEST_SQL = `SELECT key, arg_max(seq, _offset) AS seq, arg_max(producer, _offset) AS producer FROM ${STREAM} GROUP BY key ORDER BY key`;
/** A tab grants 16 MiB in advance: only beyond them does it fall behind. */
const PAD_BYTES = 3_000;
/** The longest frame must come through within three of them. */
const HEARTBEAT_MS = 15_000;

export const f06: Scenario = {
  id: 'F6',
  fault: 'a slow tab, which wants the newest of each key (latest_by)',
  how: 'one tab’s link carries 60 KB/s while 180 MB are written (short: 24); then all of it',
  letters: ['L', 'D', 'O', 'A', 'R', 'T'],
  also: 'the newest row of each key is the same in all tabs; what the slow one was not given is counted',
  run: async (world, seed) =>
    Trial.run(
      world,
      'F6',
      seed,
      {
        source: await sharedKafka(world),
        partitions: 1,
        nodeTabs: 2,
        heartbeatMs: HEARTBEAT_MS,
        stream: { latest_by: ['key'] },
        more: () => ({ pad: randomBytes(PAD_BYTES * 0.75).toString('base64') }),
      },
      async (trial) => {
        const [slow, fast] = trial.tabs;
        if (!slow || !fast) throw new Error('two tabs are needed');
        await trial.pause(100, 500);
        slow.proxy.set({ kind: 'bandwidth', bytesPerSecond: 60_000 });
        await trial.write(trial.lasting(60_000, 8_000));
        await trial.recovered([fast]);
        slow.proxy.set({ kind: 'pass' });
        await trial.recovered();
        // On a busy machine the other tab falls behind, too, and is given the newest as well.
        const result = await trial.verdict({ partial: () => true });
        const also: { letter: '+'; text: string }[] = [];
        const say = (text: string) => also.push({ letter: '+', text });
        const held = async (tab: FaultTab) => {
          const stream = (await tab.status())?.streams[STREAM];
          const [rows, conflated] = [stream?.rows ?? 0, stream?.conflated ?? 0];
          if (rows + conflated !== result.records)
            say(`${tab.name}: ${rows} rows and ${conflated} conflated are not the ${result.records} records`);
          return { newest: JSON.stringify(await tab.query(NEWEST_SQL)), conflated };
        };
        const [ours, theirs] = [await held(slow), await held(fast)];
        if (ours.newest !== theirs.newest)
          say(`the newest rows by key differ: ${ours.newest.slice(0, 300)} and ${theirs.newest.slice(0, 300)}`);
        if (ours.conflated === 0) say('nothing was conflated: nothing was tried');
        return {
          ...result,
          violations: [...result.violations, ...also],
          figures: { ...result.figures, 'records conflated': ours.conflated },
        };
      },
    ),
};
