import { createEngine } from './create-engine.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { memoryBudget } from './memory-budget.ts';
import { openNodeDatabase } from './store/open-node.ts';

/** The engine in Node: for headless windows and for tests. Close it when done. */
export async function openHeadless(options: EngineOptions): Promise<Engine> {
  return createEngine(await openNodeDatabase(memoryBudget(options).budgetBytes), options);
}
