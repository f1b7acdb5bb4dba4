import type { Scenario } from '../kit/scenario.ts';
import { kafkaOf } from '../kit/sources.ts';
import { Trial } from '../kit/trial.ts';

export const f13: Scenario = {
  id: 'F13',
  fault: 'records are deleted before the relay has read them (retention)',
  how: 'while the relay is down, records are written and a random number of the newest is left in each partition',
  letters: ['L', 'D', 'O', 'A', 'P', 'R', 'T'],
  also: 'each tab is told one gap per partition, of exactly as many records; no record outside of it is missing',
  run: async (world, seed) => {
    const { broker } = await world.kafka();
    return Trial.run(world, 'F13', seed, { source: kafkaOf(broker), partitions: 2, nodeTabs: 2 }, async (trial) => {
      await trial.write(Math.floor(trial.random.between(300, 600)));
      await trial.settle();
      const read = await Promise.all([0, 1].map((partition) => broker.bounds(trial.topic, partition)));
      await trial.relay.kill();
      const known = new Set(trial.history.records);
      await trial.write(Math.floor(trial.random.between(300, 600)));
      const written = await Promise.all([0, 1].map((partition) => broker.bounds(trial.topic, partition)));
      let deleted = 0;
      for (const partition of [0, 1]) {
        const from = read[partition]?.end ?? 0;
        const end = written[partition]?.end ?? 0;
        const keep = Math.floor(trial.random.between(from + 1, end));
        await broker.deleteRecords(trial.topic, partition, keep);
        deleted += keep - from;
      }
      const whileAway = new Set(trial.history.records.filter((record) => !known.has(record)));
      await trial.relay.start();
      await trial.recovered();
      const result = await trial.verdict({ mayMiss: (record) => whileAway.has(record) });
      const told = await Promise.all(trial.tabs.map(async (tab) => (await tab.report()).losses));
      const wrong = told.flatMap((losses, index) => {
        const sum = losses.reduce((total, { missing }) => total + (missing ?? Number.NaN), 0);
        return losses.length === 2 && losses.every(({ kind }) => kind === 'gap') && sum === deleted
          ? []
          : [
              {
                letter: '+' as const,
                text: `${trial.tabs[index]?.name}: ${deleted} records were deleted in 2 partitions, told were ${JSON.stringify(losses)}`,
              },
            ];
      });
      return {
        ...result,
        violations: [...result.violations, ...wrong],
        figures: { ...result.figures, 'records deleted': deleted },
      };
    });
  },
};
