import type { KafkaBroker } from '../../support/kafka-broker.ts';
import type { TrialSource } from './trial.ts';
import type { World } from './world.ts';

/** A broker, reached directly. */
export function kafkaOf(broker: KafkaBroker): Extract<TrialSource, { kind: 'kafka' }> {
  return {
    kind: 'kafka',
    brokers: broker.address,
    writerBrokers: [broker.address],
    createTopic: (name, partitions) => broker.createTopic(name, partitions),
  };
}

/** The one all scenarios share. */
export async function sharedKafka(world: World): Promise<TrialSource> {
  return kafkaOf((await world.kafka()).broker);
}
