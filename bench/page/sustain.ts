import { type Remote, transfer, wrap } from 'comlink';
import type { PlaySetup } from './player.ts';
import type { Sustained, SustainWorker } from './sustain-worker.ts';

/** What the harness asks: the setup without the bytes, which the page fetches from the bench's own server. */
export interface SustainOptions {
  readonly setup: Omit<PlaySetup, 'bytes'>;
  readonly bytesUrl: string;
  readonly warmUpMs: number;
  readonly runMs: number;
  readonly repeats: number;
  /** The paced run, as a share of the free run's median. */
  readonly paceShare: number;
}

export interface SustainResult {
  readonly free: readonly Sustained[];
  readonly pace: number;
  readonly paced: readonly Sustained[];
  /** Rows stored and nothing else: no windows, no pictures. */
  readonly storeOnly: readonly Sustained[];
  readonly facts: Awaited<ReturnType<SustainWorker['facts']>>;
}

export async function sustain(options: SustainOptions): Promise<SustainResult> {
  const { warmUpMs, runMs, repeats } = options;
  const board = await open(options, options.setup);
  await board.engine.run(warmUpMs, null);
  const free = await runs(board.engine, repeats, runMs, null);
  const rates = free.map(({ rowsPerSecond }) => rowsPerSecond).sort((a, b) => a - b);
  const pace = (rates[Math.floor(rates.length / 2)] ?? 0) * options.paceShare;
  const paced = await runs(board.engine, repeats, runMs, pace);
  const facts = await board.engine.facts();
  board.worker.terminate();

  const bare = await open(options, { ...options.setup, windows: {}, requests: [] });
  await bare.engine.run(warmUpMs / 2, null);
  const storeOnly = await runs(bare.engine, repeats, runMs / 2, null);
  bare.worker.terminate();
  return { free, pace, paced, storeOnly, facts };
}

/** An engine in a worker of its own, with the frames of the bench's own server. */
export async function open(
  { bytesUrl }: { readonly bytesUrl: string },
  setup: Omit<PlaySetup, 'bytes'>,
): Promise<{ worker: Worker; engine: Remote<SustainWorker> }> {
  const response = await fetch(bytesUrl);
  if (!response.ok) throw new Error(`${bytesUrl}: HTTP ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const worker = new Worker(new URL('./sustain-worker.ts', import.meta.url), { type: 'module' });
  const engine = wrap<SustainWorker>(worker);
  await engine.open(transfer({ ...setup, bytes }, [bytes.buffer]));
  return { worker, engine };
}

async function runs(
  engine: Remote<SustainWorker>,
  repeats: number,
  forMs: number,
  rowsPerSecond: number | null,
): Promise<Sustained[]> {
  const results: Sustained[] = [];
  for (let i = 0; i < repeats; i++) results.push(await engine.run(forMs, rowsPerSecond));
  return results;
}
