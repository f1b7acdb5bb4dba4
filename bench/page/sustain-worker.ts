import duckdbWasm from '@duckdb/duckdb-wasm/dist/duckdb-eh.wasm?url';
import { expose } from 'comlink';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import type { Frame } from '../../contract/protocol/frame.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import type { PanelRequest } from '../../contract/worker-api.ts';
import type { Engine } from '../../worker/engine.ts';
import { openBrowserEngine } from '../../worker/store/open-browser.ts';
import type { PackedFrame } from '../shop-frames.ts';

/** The engine alone in its worker under a whole board: rows as fast as they are committed, or at a pace. */

export interface SustainSetup {
  readonly schema: StreamSchema;
  readonly windows: Record<string, WindowSpec>;
  readonly requests: readonly PanelRequest[];
  readonly frames: readonly PackedFrame[];
  readonly bytes: Uint8Array;
  readonly spanUs: number;
  readonly rawBudgetBytes: number;
  /** How many frames one apply takes at most, and how often all pictures are made. */
  readonly framesPerApply: number;
  readonly pictureEveryMs: number;
}

export interface Sustained {
  readonly rowsPerSecond: number;
  /** Share of the time spent in apply and in pictures; ms of one round of all pictures. */
  readonly applyShare: number;
  readonly pictureShare: number;
  readonly pictureMs: number;
  /** Rows offered and not yet committed, as time to catch up: at its worst, and at the end. 0 when not paced. */
  readonly maxBacklogMs: number;
  readonly endBacklogMs: number;
}

let engine: Engine | null = null;
let setup: SustainSetup | null = null;
let played = 0;

const api = {
  async open(options: SustainSetup): Promise<void> {
    setup = options;
    engine = await openBrowserEngine(new URL(duckdbWasm, self.location.href).href, {
      rawBudgetBytes: options.rawBudgetBytes,
      nowMs: () => performance.now(),
    });
    engine.schema(options.schema);
    const problems = engine.windows(options.windows);
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
    engine.begin(options.schema.stream, 'fresh', { epoch: 'bench', next: { 0: 0 } });
  },

  /** Runs for `forMs`; `rowsPerSecond` null: as fast as it goes. */
  async run(forMs: number, rowsPerSecond: number | null): Promise<Sustained> {
    const { engine, setup } = opened();
    const started = performance.now();
    let rows = 0;
    let [applyMs, pictureMs, rounds, maxBacklog, nextPicture] = [0, 0, 0, 0, started];
    const due = () => (rowsPerSecond === null ? Infinity : ((performance.now() - started) / 1000) * rowsPerSecond);
    while (performance.now() - started < forMs) {
      const frames: Frame[] = [];
      const dueRows = due();
      let waiting = rows;
      while (frames.length < setup.framesPerApply) {
        const next = packedAt(played + frames.length);
        if (waiting + next.header.rows > dueRows) break;
        waiting += next.header.rows;
        frames.push(frameAt(played + frames.length));
      }
      const before = performance.now();
      if (frames.length > 0) {
        const { rows: applied, hole } = engine.apply(frames, Date.now());
        if (hole) throw new Error('the run has a hole');
        rows += applied;
        played += frames.length;
        applyMs += performance.now() - before;
      }
      if (performance.now() >= nextPicture) {
        const at = performance.now();
        for (const request of setup.requests) {
          const picture = engine.picture(request);
          if (picture.kind === 'error') throw new Error(picture.message);
        }
        rounds++;
        pictureMs += performance.now() - at;
        nextPicture = at + setup.pictureEveryMs;
      }
      if (rowsPerSecond !== null) maxBacklog = Math.max(maxBacklog, due() - rows);
      if (frames.length === 0) await new Promise((done) => setTimeout(done, 2));
    }
    const elapsedMs = performance.now() - started;
    const toMs = (backlog: number) => (rowsPerSecond === null ? 0 : (backlog / rowsPerSecond) * 1000);
    return {
      rowsPerSecond: (rows / elapsedMs) * 1000,
      applyShare: applyMs / elapsedMs,
      pictureShare: pictureMs / elapsedMs,
      pictureMs: pictureMs / Math.max(1, rounds),
      maxBacklogMs: toMs(maxBacklog),
      endBacklogMs: toMs(rowsPerSecond === null ? 0 : due() - rows),
    };
  },

  facts(): { received: number; rows: number; rawBytes: number; memoryBytes: number; tooLate: number } {
    const { engine, setup } = opened();
    const { received, rows, memory, tooLate } = engine.streamState(setup.schema.stream);
    return { received, rows, rawBytes: memory, memoryBytes: engine.memory().usedBytes, tooLate };
  },
};
export type SustainWorker = typeof api;

function opened(): { engine: Engine; setup: SustainSetup } {
  if (!engine || !setup) throw new Error('open the engine first');
  return { engine, setup };
}

function packedAt(index: number): PackedFrame {
  const { frames } = opened().setup;
  const packed = frames[index % frames.length];
  if (!packed) throw new Error('there are no frames');
  return packed;
}

/** The frame played as the `index`-th: later passes through the run carry on in offsets and in event time. */
function frameAt(index: number): Frame {
  const { frames, bytes, spanUs } = opened().setup;
  const { header, start, length, timesAt } = packedAt(index);
  const pass = Math.floor(index / frames.length);
  const rowsPerPass = frames.at(-1)?.header.nextOffset ?? 0;
  const shiftUs = pass * spanUs;
  const payload = bytes.slice(start, start + length);
  const times = new BigInt64Array(payload.buffer, timesAt, header.rows);
  const shift = BigInt(shiftUs);
  for (let i = 0; i < times.length; i++) times[i] = (times[i] ?? 0n) + shift;
  return {
    header: {
      ...header,
      firstOffset: header.firstOffset + pass * rowsPerPass,
      nextOffset: header.nextOffset + pass * rowsPerPass,
      minEventTimeUs: header.minEventTimeUs + shiftUs,
      maxEventTimeUs: header.maxEventTimeUs + shiftUs,
      watermarkBeforeUs: header.watermarkBeforeUs + shiftUs,
      sealedAtUs: header.sealedAtUs + shiftUs,
    },
    payload,
  };
}

expose(api);
