import type { StreamSchema } from '../../contract/protocol/down.ts';
import type { Frame } from '../../contract/protocol/frame.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import type { PanelRequest } from '../../contract/worker-api.ts';
import type { Engine } from '../../worker/engine.ts';
import type { PackedFrame } from '../packed-frames.ts';

/** What is played into an engine, and what it shows of it. */
export interface PlaySetup {
  readonly schema: StreamSchema;
  readonly windows: Record<string, WindowSpec>;
  readonly requests: readonly PanelRequest[];
  readonly frames: readonly PackedFrame[];
  readonly bytes: Uint8Array;
  /** Event time of one pass through the frames. */
  readonly spanUs: number;
  readonly rawBudgetBytes: number;
  /** How many frames one apply takes at most, and how often all pictures are made. */
  readonly framesPerApply: number;
  readonly pictureEveryMs: number;
}

/** Plays frames into an engine, again and again: later passes carry on in offsets and in event time. */
export class Player {
  readonly #engine: Engine;
  readonly #setup: PlaySetup;
  #played = 0;
  #pictureDueMs = 0;

  /** Announces schema and windows; throws when a window cannot run. */
  constructor(engine: Engine, setup: PlaySetup) {
    this.#engine = engine;
    this.#setup = setup;
    engine.schema(setup.schema);
    const problems = engine.windows(setup.windows);
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
    engine.begin(setup.schema.stream, 'fresh', { epoch: 'bench', next: { 0: 0 } });
  }

  /** Applies the next frames, at most `maxRows` rows; how many rows that were. */
  apply(maxRows: number): number {
    const frames: Frame[] = [];
    let rows = 0;
    while (frames.length < this.#setup.framesPerApply) {
      const next = this.#packedAt(this.#played + frames.length).header.rows;
      if (rows + next > maxRows) break;
      rows += next;
      frames.push(this.#frameAt(this.#played + frames.length));
    }
    if (frames.length === 0) return 0;
    const { rows: applied, hole } = this.#engine.apply(frames, Date.now());
    if (hole || applied !== rows) throw new Error(`applied ${applied} of ${rows} rows, hole ${JSON.stringify(hole)}`);
    this.#played += frames.length;
    return rows;
  }

  /** Makes all pictures when it is time; the ms that took, null when it was not. */
  pictures(): number | null {
    const beforeMs = performance.now();
    if (beforeMs < this.#pictureDueMs) return null;
    for (const request of this.#setup.requests) {
      const picture = this.#engine.picture(request);
      if (picture.kind === 'error') throw new Error(picture.message);
    }
    this.#pictureDueMs = beforeMs + this.#setup.pictureEveryMs;
    return performance.now() - beforeMs;
  }

  /** One whole pass as fast as it goes, with its pictures; rows a second. */
  pass(): number {
    const { frames } = this.#setup;
    const until = this.#played + frames.length;
    const beforeMs = performance.now();
    let rows = 0;
    while (this.#played < until) {
      let room = 0;
      for (let next = this.#played; next < until && next < this.#played + this.#setup.framesPerApply; next++)
        room += this.#packedAt(next).header.rows;
      rows += this.apply(room);
      this.pictures();
    }
    return (rows / (performance.now() - beforeMs)) * 1000;
  }

  #packedAt(index: number): PackedFrame {
    const { frames } = this.#setup;
    const packed = frames[index % frames.length];
    if (!packed) throw new Error('there are no frames');
    return packed;
  }

  #frameAt(index: number): Frame {
    const { frames, bytes, spanUs } = this.#setup;
    const { header, start, length, timesAt } = this.#packedAt(index);
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
}
