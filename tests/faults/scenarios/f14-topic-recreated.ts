import type { Scenario } from '../kit/scenario.ts';
import { kafkaOf } from '../kit/sources.ts';
import { STREAM } from '../kit/tab.ts';
import { sleep } from '../kit/time.ts';
import { Trial } from '../kit/trial.ts';

export const f14: Scenario = {
  id: 'F14',
  fault: 'the topic is deleted and created again',
  how: 'after a random number of records, with the relay running (odd seeds) or down (even seeds)',
  letters: ['L', 'D', 'O', 'A', 'P', 'R', 'T'],
  also: 'a reset is told, and no row of the old topic is left beside rows of the new',
  run: async (world, seed) => {
    const { broker } = await world.kafka();
    return Trial.run(world, 'F14', seed, { source: kafkaOf(broker), partitions: 2, nodeTabs: 2 }, async (trial) => {
      await trial.write(Math.floor(trial.random.between(200, 800)));
      await trial.settle();
      const old = new Set(trial.history.records);
      const isDown = seed % 2 === 0;
      if (isDown) await trial.relay.kill();
      await broker.deleteTopic(trial.topic);
      await sleep(1_000);
      await broker.createTopic(trial.topic, 2);
      if (isDown) await trial.relay.start();
      await trial.recovered();
      await trial.write(300);
      const result = await trial.verdict({ mayMiss: (record) => old.has(record) });
      const also: { letter: '+'; text: string }[] = [];
      for (const tab of trial.tabs) {
        const { losses, rows } = await tab.report();
        if (!losses.some(({ kind }) => kind === 'reset'))
          also.push({ letter: '+', text: `${tab.name}: no reset was told: ${JSON.stringify(losses)}` });
        const left = rows.filter(({ producer, seq }) => {
          const record = trial.history.find(producer, seq);
          return record !== undefined && old.has(record);
        });
        if (left.length > 0)
          also.push({ letter: '+', text: `${tab.name}: ${left.length} rows of the old topic are left` });
        const epoch = (await tab.status())?.streams[STREAM]?.positions?.epoch;
        trial.figures.epoch = epoch ?? '';
      }
      return { ...result, violations: [...result.violations, ...also] };
    });
  },
};
