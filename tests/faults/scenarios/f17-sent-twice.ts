import type { Scenario } from '../kit/scenario.ts';
import { kafkaOf } from '../kit/sources.ts';
import { Trial } from '../kit/trial.ts';
import { recordText } from '../kit/writers.ts';

export const f17: Scenario = {
  id: 'F17',
  fault: 'records are delivered to the source twice',
  how: 'a producer without idempotence sends random batches again, as a retry whose answer was lost does; the tabs’ links are reset meanwhile',
  letters: ['L', 'D', 'O', 'A', 'P', 'R', 'T'],
  also: 'an event that Kafka holds twice is there twice, at two offsets; never more often',
  run: async (world, seed) => {
    const { broker } = await world.kafka();
    return Trial.run(world, 'F17', seed, { source: kafkaOf(broker), partitions: 1, nodeTabs: 2 }, async (trial) => {
      const { history, random } = trial;
      const parts = { run: trial.name, history, random, eventTimeMs: () => Date.now(), more: () => ({}) };
      let twice = 0;
      let seq = 0;
      for (let batch = 0; batch < trial.lasting(200, 25); batch++) {
        const seqs = Array.from({ length: Math.floor(random.between(1, 60)) }, () => seq++);
        const records = seqs.map((at) => ({ value: recordText(parts, 'again', at) }));
        const times = random.chance(0.3) ? 2 : 1;
        for (let time = 0; time < times; time++) {
          for (const at of seqs) history.sent('again', at, 0);
          await broker.produce(trial.topic, records);
        }
        for (const at of seqs) history.acknowledged('again', at);
        if (times === 2) twice += seqs.length;
        if (random.chance(0.2)) trial.pick(trial.proxies).resetAll();
      }
      await trial.recovered();
      const result = await trial.verdict();
      const rows = await trial.tabs[0]?.query(
        "SELECT count(*) AS n FROM (SELECT seq FROM events WHERE producer = 'again' GROUP BY seq HAVING count(*) = 2)",
      );
      const found = Number(rows?.[0]?.n);
      return {
        ...result,
        violations: [
          ...result.violations,
          ...(found === twice
            ? []
            : [{ letter: '+' as const, text: `Kafka holds ${twice} events twice, the tab ${found}` }]),
        ],
        figures: { ...result.figures, 'events sent twice': twice },
      };
    });
  },
};
