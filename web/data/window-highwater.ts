import type { QueryOptions, Row, Status } from '../../contract/worker-api.ts';
import type { Drawn, DrawnSummary } from './drawn.ts';
import type { EngineLink } from './engine-link.ts';

/** What scripts and the browser's console may use. */
export interface Highwater {
  /** One read-only SELECT over the streams' kept rows and the windows; rejects with the reason and the fix. (Q1–Q4) */
  query(sql: string, options?: QueryOptions): Promise<Row[]>;
  status(): Promise<Status & { readonly drawn: DrawnSummary }>;
}

declare global {
  interface Window {
    readonly highwater: Highwater;
  }
}

/** `known`: with what the page knows and the worker does not. */
export function installHighwater(link: EngineLink, drawn: Drawn, known: (status: Status) => Status): void {
  const highwater: Highwater = Object.freeze({
    query: (sql: string, options?: QueryOptions) => link.query(sql, options),
    status: async () => ({ ...known(await link.status()), drawn: drawn.summary() }),
  });
  Object.defineProperty(window, 'highwater', { value: highwater, configurable: true });
}
