import { expect, test } from 'vitest';
import { openHeadless } from '../../worker/headless.ts';
import { type HeadlessModule, openEngine } from './engine.ts';

/** Held by the compiler: the engine has what the command line asks of it. */
const module: HeadlessModule = { openHeadless };

test('the engine opens by its path, and is the one that is imported here', async () => {
  const engine = await openEngine(() => 0);
  const imported = await module.openHeadless({ rawBudgetBytes: 2 ** 20, paneBudgetBytes: 2 ** 20, nowMs: () => 0 });
  expect(Object.keys(engine)).toEqual(Object.keys(imported));
  expect(engine.windows({})).toEqual([]);
  engine.close();
  imported.close();
});
