import { transfer, wrap } from 'comlink';
import type { Sustained, SustainSetup, SustainWorker } from './sustain-worker.ts';

/** What the harness asks: the setup without the bytes, which the page fetches from the bench's own server. */
export interface SustainOptions {
  readonly setup: Omit<SustainSetup, 'bytes'>;
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
  readonly facts: Awaited<ReturnType<SustainWorker['facts']>>;
}

export async function sustain(options: SustainOptions): Promise<SustainResult> {
  const response = await fetch(options.bytesUrl);
  if (!response.ok) throw new Error(`${options.bytesUrl}: HTTP ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const worker = new Worker(new URL('./sustain-worker.ts', import.meta.url), { type: 'module' });
  const engine = wrap<SustainWorker>(worker);
  await engine.open(transfer({ ...options.setup, bytes }, [bytes.buffer]));
  await engine.run(options.warmUpMs, null);
  const free: Sustained[] = [];
  for (let i = 0; i < options.repeats; i++) free.push(await engine.run(options.runMs, null));
  const rates = free.map(({ rowsPerSecond }) => rowsPerSecond).sort((a, b) => a - b);
  const pace = (rates[Math.floor(rates.length / 2)] ?? 0) * options.paceShare;
  const paced: Sustained[] = [];
  for (let i = 0; i < options.repeats; i++) paced.push(await engine.run(options.runMs, pace));
  const facts = await engine.facts();
  worker.terminate();
  return { free, pace, paced, facts };
}
