import type { EngineOptions } from './engine.ts';

const MIN_BYTES = 512 * 2 ** 20;
const MAX_BYTES = 3 * 2 ** 30;

/** What the database may take: twice the raw rows, so that queries have room, within what 32-bit memory can give. */
export function memoryBudget(options: EngineOptions): { readonly budgetBytes: number } {
  return { budgetBytes: Math.min(MAX_BYTES, Math.max(MIN_BYTES, 2 * options.rawBudgetBytes)) };
}
