import * as duckdb from 'duckdb-wasm-browser-blocking';
import { HighwaterError } from '../../contract/errors.ts';
import { createEngine } from '../create-engine.ts';
import type { Engine, EngineOptions } from '../engine.ts';
import { memoryBudget } from '../memory-budget.ts';
import { type Bindings, openDuckDb } from './duckdb.ts';

/**
 * The engine in a browser's worker; `wasmUrl` is the absolute URL of the EH module, same origin. Without WebAssembly
 * exceptions DuckDB's blocking bindings cannot report an error, so such a browser is refused.
 */
export async function openBrowserEngine(wasmUrl: string, options: EngineOptions): Promise<Engine> {
  const features = await duckdb.getPlatformFeatures();
  if (!features.wasmExceptions)
    throw new HighwaterError(
      'browser_too_old',
      'This browser has no WebAssembly exceptions.',
      'Use Chrome 95, Firefox 100, Safari 15.2 or newer.',
    );
  const module = { mainModule: wasmUrl, mainWorker: '' };
  const bindings = await duckdb.createDuckDB(
    { mvp: module, eh: module },
    new duckdb.VoidLogger(),
    duckdb.BROWSER_RUNTIME,
  );
  await orLost(bindings.instantiate(() => undefined));
  const { budgetBytes } = memoryBudget(options);
  return createEngine(openDuckDb(bindings as unknown as Bindings, budgetBytes), options);
}

/** The bindings leave a module that cannot be fetched as a rejection nobody handles, and would wait for it for ever. */
async function orLost<T>(made: Promise<T>): Promise<T> {
  const { promise: lost, reject } = Promise.withResolvers<never>();
  const lose = (event: PromiseRejectionEvent) => {
    const { reason }: { readonly reason: unknown } = event;
    event.preventDefault();
    reject(
      new HighwaterError(
        'store_failed',
        `The engine could not be loaded: ${reason instanceof Error ? reason.message : String(reason)}.`,
        'It is tried again; see whether the relay is there.',
        { cause: reason },
      ),
    );
  };
  self.addEventListener('unhandledrejection', lose);
  try {
    return await Promise.race([made, lost]);
  } finally {
    self.removeEventListener('unhandledrejection', lose);
  }
}
