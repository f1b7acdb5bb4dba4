import type { PlaySetup } from './player.ts';
import { open } from './sustain.ts';

export interface YahooOptions {
  readonly setup: Omit<PlaySetup, 'bytes'>;
  readonly bytesUrl: string;
  readonly repeats: number;
  /** What is asked after the first pass and after the last. */
  readonly sql: string;
}

export interface YahooResult {
  /** Events a second of each pass but the first. */
  readonly rates: readonly number[];
  readonly first: readonly Record<string, unknown>[];
  readonly last: readonly Record<string, unknown>[];
}

/** Whole passes through the frames, as fast as they go, in a worker of its own. */
export async function yahoo({ setup, bytesUrl, repeats, sql }: YahooOptions): Promise<YahooResult> {
  const { worker, engine } = await open({ bytesUrl }, setup);
  await engine.pass();
  const first = await engine.query(sql, 1_000_000);
  const rates: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) rates.push(await engine.pass());
  const last = await engine.query(sql, 1_000_000);
  worker.terminate();
  return { rates, first, last };
}
