import { expect, test } from 'vitest';
import { decodeFrame, MIN_TIME_US } from '../../contract/protocol/frame.ts';
import { Pipeline, type PipelineSink } from '../../relay/pipeline.ts';
import { Shaper } from '../../relay/shape/shaper.ts';
import type { SourceEvent } from '../../relay/sources/source.ts';

const OPENED: SourceEvent = { kind: 'opened', position: { epoch: 'e', next: { 0: 0, 1: 0 } } };

function records(partition: number, offset: number, seconds: number, behind: number): SourceEvent {
  const value = Buffer.from(JSON.stringify({ at: seconds }));
  const record = { offset, topic: 't', timestampMs: 0, key: null, value };
  return { kind: 'records', partition, firstOffset: offset, nextOffset: offset + 1, behind, records: [record] };
}

/** Runs events through a pipeline whose idle time is 5 s; the watermark in seconds before each frame, none is null. */
async function watermarks(
  script: (passWhileReading: (ms: number) => void) => AsyncIterable<SourceEvent>,
  heldUpMs: (event: number) => number = () => 0,
): Promise<(number | null)[]> {
  let nowMs = 0;
  let event = 0;
  const before: (number | null)[] = [];
  const shaper = new Shaper({
    stream: 's',
    time: { field: 'at', format: 'seconds' },
    fields: undefined,
    topics: false,
  });
  shaper.settle();
  const ignore = () => undefined;
  const sink: PipelineSink = {
    opened: ignore,
    entry: (entry) => {
      if (entry.kind !== 'frame') return;
      const { watermarkBeforeUs } = decodeFrame(entry.message).header;
      before.push(watermarkBeforeUs === MIN_TIME_US ? null : watermarkBeforeUs / 1e6);
    },
    reject: (_partition, _record, { reason }) => expect.fail(reason),
    accept: () => true,
    reset: ignore,
    state: ignore,
    handled: ignore,
    caughtUp: ignore,
    // Readers hold the relay up.
    ready: async () => {
      nowMs += heldUpMs(event++);
    },
  };
  const source = {
    replayable: true,
    label: 'a script',
    read: () =>
      script((ms) => {
        nowMs += ms;
      }),
  };
  const pipeline = new Pipeline(
    {
      stream: 's',
      source,
      shaper,
      clock: { nowMs: () => nowMs, after: () => ignore },
      delayUs: 0,
      idleMs: 5000,
      aheadUs: null,
      limits: { maxRows: 1, maxBytes: 1e6, maxAgeMs: 50 },
      pacer: null,
    },
    sink,
  );
  await pipeline.run('earliest', new AbortController().signal);
  return before;
}

test('W20 a partition that is read and silent becomes idle, one that is behind does not', async () => {
  const script = (behind: number) =>
    async function* (pass: (ms: number) => void): AsyncIterable<SourceEvent> {
      yield OPENED;
      yield records(1, 0, 100, behind);
      yield records(0, 0, 500, 0);
      pass(4000);
      yield records(0, 1, 600, 0);
      pass(1000);
      yield records(0, 2, 700, 0);
      yield records(1, 1, 300, 0);
      yield records(0, 3, 800, 0);
    };
  expect(await watermarks(script(0))).toEqual([null, null, 100, 600, 700, 700]);
  expect(await watermarks(script(1))).toEqual([null, null, 100, 100, 100, 300]);
});

test('W20 while readers hold the relay up, nobody becomes idle', async () => {
  async function* script(): AsyncIterable<SourceEvent> {
    yield OPENED;
    yield records(1, 0, 100, 0);
    yield records(0, 0, 500, 0);
    yield { kind: 'caught-up' };
    yield records(0, 1, 600, 0);
    yield records(1, 1, 300, 0);
    yield records(0, 2, 800, 0);
  }
  expect(await watermarks(script, (event) => (event === 3 ? 3_600_000 : 0))).toEqual([null, null, 100, 100, 300]);
});
