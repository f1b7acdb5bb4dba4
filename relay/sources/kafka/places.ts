import type { KafkaClient, PartitionPlace, Topic } from './client.ts';
import { KafkaFault } from './fault.ts';
import type { Past } from './past.ts';
import { matching, type TopicChoice } from './topics.ts';

/** What there is to read now: the partitions by their numbers in the stream, and the epoch these belong to. */
export interface Found {
  readonly epoch: string;
  readonly places: ReadonlyMap<number, PartitionPlace>;
}

/** Looks at the topics, and gives new ones their slots. Throws `topic-missing` where one that is named is not there. */
export async function look(
  client: KafkaClient,
  { choice, past, told }: { choice: TopicChoice; past: Past; told: (brokers: readonly string[]) => void },
  asked: string | null,
): Promise<Found> {
  const cluster = await client.cluster(choice.open ? 'all' : choice.names);
  told(cluster.brokers);
  const topics = choice.open ? chosen(choice, cluster.topics) : cluster.topics;
  const missing = choice.names.find((name) => !topics.some((topic) => topic.name === name));
  if (!choice.open && missing !== undefined) throw await missingFault(client, missing);
  if (topics.length === 0 && asked === null) throw noneMatches(choice, cluster.topics);
  const epoch = await past.meet(cluster, topics, asked);
  const places = new Map<number, PartitionPlace>();
  for (const { name, topicId, partitions } of topics) {
    const firstPartition = past.firstPartition(topicId);
    if (firstPartition === null) throw new KafkaFault('moved', `topic "${name}" was just created`);
    for (const [partition, { leader, leaderEpoch }] of partitions.entries()) {
      const streamPartition = firstPartition + partition;
      places.set(streamPartition, { streamPartition, topic: name, topicId, partition, leader, leaderEpoch });
    }
  }
  return { epoch, places };
}

export function samePlaces(left: Found['places'], right: Found['places']): boolean {
  if (left.size !== right.size) return false;
  for (const [at, { topicId, leader }] of left) {
    const other = right.get(at);
    if (other?.topicId !== topicId || other.leader !== leader) return false;
  }
  return true;
}

function chosen(choice: TopicChoice, topics: readonly Topic[]): Topic[] {
  const names = new Set(
    matching(
      choice,
      topics.map(({ name }) => name),
    ),
  );
  return topics.filter(({ name }) => names.has(name));
}

async function missingFault(client: KafkaClient, missing: string): Promise<KafkaFault> {
  // For a better message only: a broker that does not tell its topics changes nothing.
  const topics: readonly string[] = await client.cluster('all').then(
    (all) => all.topics.map(({ name }) => name),
    () => [],
  );
  if (topics.includes(missing)) return new KafkaFault('moved', `topic "${missing}" was just created`);
  return new KafkaFault('topic-missing', `no topic ${missing}`, { missing: { topic: missing, topics } });
}

function noneMatches(choice: TopicChoice, topics: readonly Topic[]): KafkaFault {
  const names = topics.map(({ name }) => name);
  return new KafkaFault('topic-missing', `no topic matches ${choice.text}`, {
    missing: { topic: choice.text, topics: names },
  });
}
