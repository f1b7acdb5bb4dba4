import { type EngineFacts, HighwaterSide } from './highwater-side.ts';

/** Ticks at one size beside ticks at the small size; ms in the worker, one value per repeat (its median tick). */
export interface SizeResult {
  readonly rows: number;
  readonly smallMs: readonly number[];
  readonly bigMs: readonly number[];
  readonly facts: EngineFacts;
}

/** Raw rows of every size here fit, by the engine's own estimate. */
const RAW_BUDGET_BYTES = 1.5 * 2 ** 30;
const WARM_UP_TICKS = 5;

/** Two engines in two workers: one is filled to each size in turn, the other to `smallRows` before each repeat. */
export async function tickBySize(
  smallRows: number,
  sizes: readonly number[],
  repeats: number,
  ticks: number,
): Promise<SizeResult[]> {
  const small = await HighwaterSide.open('windows', RAW_BUDGET_BYTES);
  const big = await HighwaterSide.open('windows', RAW_BUDGET_BYTES);
  const results: SizeResult[] = [];
  for (const rows of sizes) {
    await big.fill(rows);
    for (let i = 0; i < WARM_UP_TICKS; i++) await big.tick();
    const smallMs: number[] = [];
    const bigMs: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      await small.fill(smallRows);
      for (let i = 0; i < WARM_UP_TICKS; i++) await small.tick();
      const pair: { small: number[]; big: number[] } = { small: [], big: [] };
      for (let i = 0; i < ticks; i++) {
        pair.small.push((await small.tick()).workerMs);
        pair.big.push((await big.tick()).workerMs);
      }
      smallMs.push(middle(pair.small));
      bigMs.push(middle(pair.big));
    }
    small.check(`Highwater at ${smallRows} rows`);
    big.check(`Highwater at ${rows} rows`);
    const facts = await big.facts();
    if (facts.rows < rows) throw new Error(`the engine kept ${facts.rows} of ${rows} rows`);
    results.push({ rows, smallMs, bigMs, facts });
  }
  await small.close();
  await big.close();
  return results;
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
