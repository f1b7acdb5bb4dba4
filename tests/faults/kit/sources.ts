import type { TrialSource } from './trial.ts';
import type { World } from './world.ts';

/** The broker all scenarios share, reached directly. */
export async function sharedKafka(world: World): Promise<TrialSource> {
  const { broker } = await world.kafka();
  return {
    kind: 'kafka',
    brokers: broker.address,
    writerBrokers: [broker.address],
    createTopic: (name, partitions) => broker.createTopic(name, partitions),
  };
}
