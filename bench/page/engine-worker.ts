import duckdbWasm from '@duckdb/duckdb-wasm/dist/duckdb-eh.wasm?url';
import { expose, transfer } from 'comlink';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import { decodeFrame, type Frame } from '../../contract/protocol/frame.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import type { PanelPicture, PanelRequest } from '../../contract/worker-api.ts';
import type { Engine } from '../../worker/engine.ts';
import { openBrowserEngine } from '../../worker/store/open-browser.ts';

export interface Tick {
  readonly pictures: readonly PanelPicture[];
  readonly applyMs: number;
  readonly ms: number;
}

/** The real engine in a module worker, with a stopwatch around it and nothing else of the product. */

let engine: Engine | null = null;

function opened(): Engine {
  if (!engine) throw new Error('open the engine first');
  return engine;
}

const api = {
  async open(schema: StreamSchema, windows: Record<string, WindowSpec>, rawBudgetBytes: number): Promise<void> {
    engine = await openBrowserEngine(new URL(duckdbWasm, self.location.href).href, {
      rawBudgetBytes,
      nowMs: () => performance.now(),
    });
    engine.schema(schema);
    const problems = engine.windows(windows);
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
  },

  /** Drops the stream's rows and panes; the next frame is expected at offset 0. */
  reset(stream: string, epoch: string): void {
    opened().begin(stream, 'reset', { epoch, next: { 0: 0 } });
  },

  /** Applies frames, untimed. */
  load(messages: readonly Uint8Array[]): void {
    apply(messages.map(decodeFrame));
  },

  /** One tick: the frames of `messages` applied, then the pictures; `ms` is both, measured in here. */
  tick(messages: readonly Uint8Array[], requests: readonly PanelRequest[]): Tick {
    const before = performance.now();
    apply(messages.map(decodeFrame));
    const applied = performance.now();
    const pictures = requests.map((request) => opened().picture(request));
    const done = performance.now();
    for (const picture of pictures) if (picture.kind === 'error') throw new Error(picture.message);
    return transfer({ pictures, applyMs: applied - before, ms: done - before }, pictures.flatMap(buffersOf));
  },

  /** The plan in words. */
  explain(): string {
    return opened().explain();
  },

  facts(stream: string): { rows: number; received: number; rawBytes: number; memoryBytes: number } {
    const { rows, received, memory } = opened().streamState(stream);
    return { rows, received, rawBytes: memory, memoryBytes: opened().memory().usedBytes };
  },

  close(): void {
    engine?.close();
    engine = null;
  },
};
export type EngineWorker = typeof api;

function apply(frames: readonly Frame[]): void {
  const { hole, rows } = opened().apply(frames, Date.now());
  const offered = frames.reduce((sum, { header }) => sum + header.rows, 0);
  if (hole || rows !== offered) throw new Error(`applied ${rows} of ${offered} rows, hole ${JSON.stringify(hole)}`);
}

function buffersOf(picture: PanelPicture): Transferable[] {
  if (picture.kind !== 'series') return [];
  return [picture.xSeconds.buffer, picture.revised.buffer, ...picture.series.map(({ values }) => values.buffer)];
}

expose(api);
