import type { Scenario } from '../kit/scenario.ts';
import { Trial } from '../kit/trial.ts';

export const f11: Scenario = {
  id: 'F11',
  fault: 'the leader of a partition is killed: three brokers, three replicas, two in sync',
  how: 'kill -9 of the broker that leads a random partition, at a random moment while records come; three times (short: once)',
  letters: ['L', 'D', 'O', 'A', 'P', 'R', 'T'],
  also: '',
  alone: true,
  run: async (world, seed) => {
    const cluster = await world.cluster();
    return Trial.run(
      world,
      'F11',
      seed,
      {
        source: {
          kind: 'kafka',
          brokers: cluster.addresses.join(','),
          writerBrokers: cluster.addresses,
          createTopic: (name, partitions) => cluster.createTopic(name, partitions),
        },
        partitions: 3,
        nodeTabs: 2,
      },
      (trial) =>
        trial
          .writingDuring(async () => {
            for (let time = 0; time < trial.lasting(3, 1); time++) {
              await trial.pause(300, 1_500);
              const leader = await cluster.leaderOf(trial.topic, Math.floor(trial.random.between(0, 3)));
              await cluster.kill(leader);
              try {
                await trial.recovered();
              } finally {
                await cluster.start(leader);
              }
              await trial.recovered();
            }
          })
          .then(() => trial.verdict()),
    );
  },
};
