import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Source, SourceEvent } from '../../relay/sources/source.ts';
import { atLeast, type Following, follow, ofKind, recordsOf, stateOf, valuesOf } from '../support/follow.ts';

/** One source and the outside system it reads; everything goes to partition 0. */
export interface SourceWorld {
  readonly source: Source;
  /** Numbers of the partitions the outside system has. */
  readonly partitions: readonly number[];
  put(values: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export interface SourceContract {
  readonly create: () => Promise<SourceWorld>;
  /** What is put before reading is read too. */
  readonly keepsThePast: boolean;
  /** More may come while it is being read. */
  readonly goesOn: boolean;
}

/** What every source promises (S1–S6 of relay/sources/source.ts), against the real thing. */
export function describeSource(name: string, contract: SourceContract): void {
  describe(name, () => {
    let world: SourceWorld;
    const followed: Following[] = [];
    const reading = (...args: Parameters<typeof follow>) => {
      const following = follow(...args);
      followed.push(following);
      return following;
    };
    /** Reads from the start, with these values put at the moment the source can see them. */
    const readAll = async (values: readonly string[]) => {
      if (contract.keepsThePast) await world.put(values);
      const following = reading(world.source, 'earliest');
      if (!contract.keepsThePast) {
        await following.until(stateOf('live'));
        await world.put(values);
      }
      await following.until(atLeast(values.length));
      return following;
    };

    beforeEach(async () => {
      world = await contract.create();
    });
    afterEach(async () => {
      await Promise.allSettled(followed.splice(0).map((following) => following.stop()));
      await world.close();
    });

    test('S1 opened comes before any records and names every partition', async () => {
      const { events } = await readAll(['a', 'b']);
      const told = events.filter(({ kind }) => kind !== 'state');
      expect(told[0]?.kind).toBe('opened');
      const [opened] = ofKind(events, 'opened');
      expect(Object.keys(opened?.position.next ?? {}).map(Number)).toEqual(world.partitions);
      expect(opened?.position.epoch).not.toBe('');
    });

    test('S2 offsets only rise, and each batch begins where the one before ended', async () => {
      const values = Array.from({ length: 5_000 }, (_, index) => `value ${index}`);
      const { events } = await readAll(values);
      expectUnbroken(events);
      expect(valuesOf(events)).toEqual(values);
    });

    if (contract.keepsThePast) {
      test('S3 reading from a position gives every record at or after it', async () => {
        const values = Array.from({ length: 200 }, (_, index) => `value ${index}`);
        const whole = await readAll(values);
        const epoch = ofKind(whole.events, 'opened')[0]?.position.epoch ?? '';
        const offsets = recordsOf(whole.events).map(({ offset }) => offset);
        for (const at of [0, 1, 99, 199]) {
          const next = {
            ...Object.fromEntries(world.partitions.map((partition) => [partition, 0])),
            0: offsets[at] ?? -1,
          };
          const following = reading(world.source, { epoch, next });
          const events = await following.until(atLeast(values.length - at));
          expect(valuesOf(events)).toEqual(values.slice(at));
          expect(ofKind(events, 'opened')[0]?.position).toEqual({ epoch, next });
          expectUnbroken(events);
        }
      });

      test('S3 reading from the end gives nothing of before', async () => {
        await world.put(['before']);
        const following = reading(world.source, 'latest');
        await following.until((events) => ofKind(events, 'caught-up')[0]);
        expect(recordsOf(following.events)).toEqual([]);
        if (!contract.goesOn) return;
        await world.put(['after']);
        expect(valuesOf(await following.until(atLeast(1)))).toEqual(['after']);
      });
    } else {
      test('S3 going on from a position of this run says that messages may be missing', async () => {
        const first = await readAll(['a', 'b']);
        const epoch = ofKind(first.events, 'opened')[0]?.position.epoch ?? '';
        await first.stop();
        const second = reading(world.source, { epoch, next: { 0: 2 } });
        await second.until(stateOf('live'));
        await world.put(['c']);
        const events = await second.until(atLeast(1));
        expect(ofKind(events, 'gap')).toMatchObject([{ partition: 0, firstOffset: 2, nextOffset: 2 }]);
        expect(recordsOf(events)[0]?.offset).toBe(2);
        expectUnbroken(events);
      });
    }

    test('S3 a position of another past is a reset before opened', async () => {
      if (contract.keepsThePast) await world.put(['a']);
      const following = reading(world.source, { epoch: 'another', next: { 0: 7 } });
      await following.until(stateOf('live'));
      if (!contract.keepsThePast) await world.put(['a']);
      const events = await following.until(atLeast(1));
      expect(events.filter(({ kind }) => kind === 'reset' || kind === 'opened').map(({ kind }) => kind)).toEqual([
        'reset',
        'opened',
      ]);
      expect(valuesOf(events)).toEqual(['a']);
      expectUnbroken(events);
    });

    test('S4 a reader that stops pulling misses nothing', async () => {
      const values = Array.from({ length: 3_000 }, (_, index) => `${index} ${'x'.repeat(1_000)}`);
      if (contract.keepsThePast) await world.put(values);
      const abort = new AbortController();
      const events: SourceEvent[] = [];
      for await (const event of world.source.read('earliest', abort.signal)) {
        events.push(event);
        if (!contract.keepsThePast && event.kind === 'state' && event.state.state === 'live') await world.put(values);
        if (event.kind === 'records') {
          await new Promise((resolve) => setTimeout(resolve, 5));
          world.source.committed?.({ [event.partition]: event.nextOffset });
        }
        if (recordsOf(events).length >= values.length) abort.abort();
      }
      expect(valuesOf(events)).toEqual(values);
      expectUnbroken(events);
    });

    test('S6 aborting ends the iteration without an error and closes every connection', async () => {
      const before = connections();
      const following = await readAll(['a']);
      await following.stop();
      expect(valuesOf(following.events)).toEqual(['a']);
      await expect.poll(connections, { timeout: 10_000 }).toBeLessThanOrEqual(before);
    });

    test('S6 a signal aborted before reading ends it too', async () => {
      const abort = new AbortController();
      abort.abort();
      for await (const event of world.source.read('earliest', abort.signal)) expect(event.kind).not.toBe('records');
    });
  });
}

/** S2: per partition, batches and gaps join without a hole or an overlap, and records lie inside their batch, in order. */
export function expectUnbroken(events: readonly SourceEvent[]): void {
  const next = new Map<number, number>();
  for (const event of events) {
    if (event.kind === 'opened') {
      next.clear();
      for (const [partition, offset] of Object.entries(event.position.next)) next.set(Number(partition), offset);
    } else if (event.kind === 'records' || event.kind === 'gap') {
      expect(event.firstOffset).toBe(next.get(event.partition) ?? event.firstOffset);
      expect(event.nextOffset).toBeGreaterThanOrEqual(event.firstOffset);
      next.set(event.partition, event.nextOffset);
    }
    if (event.kind !== 'records') continue;
    const offsets = event.records.map(({ offset }) => offset);
    expect(offsets).toEqual(offsets.toSorted((left, right) => left - right));
    expect(new Set(offsets).size).toBe(offsets.length);
    expect(offsets[0] ?? event.firstOffset).toBeGreaterThanOrEqual(event.firstOffset);
    expect(offsets.at(-1) ?? event.firstOffset).toBeLessThan(Math.max(event.nextOffset, event.firstOffset + 1));
  }
}

function connections(): number {
  return process.getActiveResourcesInfo().filter((name) => /^(TCP|TLS)/.test(name)).length;
}
