import type { StartFrom } from '../source.ts';
import type { KafkaClient, PartitionPlace } from './client.ts';

/** Where a first reading begins, by stream partition. Beyond the end of a partition is its end. */
export async function startOffsets(
  client: KafkaClient,
  places: readonly PartitionPlace[],
  from: StartFrom,
): Promise<Map<number, number>> {
  if (from === 'latest') return client.offsets(places, 'committed');
  if (typeof from === 'string' || 'epoch' in from) return client.offsets(places, 'first');
  if ('sinceMs' in from) {
    const [ends, found] = await Promise.all([
      client.offsets(places, 'committed'),
      client.offsets(places, { timeMs: Math.max(0, from.sinceMs) }),
    ]);
    return new Map([...ends, ...found]);
  }
  const offsets = await client.offsets(places, 'first');
  for (const [partition, offset] of Object.entries(from.offsets)) offsets.set(Number(partition), offset);
  return offsets;
}
