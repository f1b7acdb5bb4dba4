import type { Scenario } from '../kit/scenario.ts';
import { kafkaOf } from '../kit/sources.ts';
import { sleep } from '../kit/time.ts';
import { Trial } from '../kit/trial.ts';
import { recordText } from '../kit/writers.ts';

export const f16: Scenario = {
  id: 'F16',
  fault: 'transactions: aborted ones, one that stays open, compaction holes',
  how: 'a random order of aborted and committed transactions among plain records in a compacted topic; one stays open for 30 s (short: 2)',
  letters: ['L', 'D', 'O', 'A', 'P', 'R', 'T'],
  also: 'nothing behind the open transaction comes before it ends; then all of it',
  run: async (world, seed) => {
    const { broker } = await world.kafka();
    const configs = {
      'cleanup.policy': 'compact',
      'segment.ms': '200',
      'min.cleanable.dirty.ratio': '0.01',
      'max.compaction.lag.ms': '200',
    };
    const source = kafkaOf(broker);
    return Trial.run(
      world,
      'F16',
      seed,
      {
        source: { ...source, createTopic: (name, partitions) => broker.createTopic(name, partitions, { configs }) },
        partitions: 1,
        nodeTabs: 2,
      },
      async (trial) => {
        const { history, random } = trial;
        let seq = 0;
        /** Keys of their own: compaction takes none of them away, but those of `holes`. */
        const records = (producer: string, count: number, key = (at: number) => `${producer} ${at}`) =>
          Array.from({ length: count }, () => {
            const at = seq++;
            history.sent(producer, at, 0);
            const parts = { run: trial.name, history, random, eventTimeMs: () => Date.now(), more: () => ({}) };
            return { seq: at, record: { key: key(at), value: recordText(parts, producer, at) } };
          });
        const rounds = trial.lasting(40, 8);
        for (let round = 0; round < rounds; round++) {
          const aborted = records('t-abort', Math.floor(random.between(1, 20)));
          const committed = records('t-commit', Math.floor(random.between(1, 20)));
          const isFirst = random.chance(0.5);
          const ends = [
            { records: aborted.map(({ record }) => record), end: 'abort' as const },
            { records: committed.map(({ record }) => record), end: 'commit' as const },
          ];
          await broker.transactions(trial.topic, isFirst ? ends : ends.toReversed());
          for (const { seq: at } of aborted) history.aborted('t-abort', at);
          for (const { seq: at } of committed) history.acknowledged('t-commit', at);
          // Overwritten by those that come after: compaction may have taken them before the relay read them.
          const holes = records('hole', Math.floor(random.between(1, 30)), () => 'the same key');
          await broker.produce(
            trial.topic,
            holes.map(({ record }) => record),
          );
        }
        const open = records('t-open', 50);
        const transaction = await broker.openTransaction(
          trial.topic,
          open.map(({ record }) => record),
        );
        const behind = records('behind', 50);
        await broker.produce(
          trial.topic,
          behind.map(({ record }) => record),
        );
        await sleep(trial.lasting(30_000, 2_000));
        for (const tab of trial.tabs) {
          const rows = (await tab.report()).rows.filter(
            ({ producer }) => producer === 't-open' || producer === 'behind',
          );
          trial.expect(rows.length === 0, `${tab.name}: ${rows.length} rows from behind an open transaction`);
        }
        const isCommitted = random.chance(0.5);
        if (isCommitted) await transaction.commit();
        else await transaction.abort();
        for (const { seq: at } of open)
          if (isCommitted) history.acknowledged('t-open', at);
          else history.aborted('t-open', at);
        for (const { seq: at } of behind) history.acknowledged('behind', at);
        await trial.recovered();
        return trial.verdict();
      },
    );
  },
};
