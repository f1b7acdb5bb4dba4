import type { Remote } from 'comlink';
import type { QueryOptions, Row, Status, WorkerApi } from '../../contract/worker-api.ts';
import type { Drawn, DrawnSummary } from './drawn.ts';

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

export function installHighwater(api: Remote<WorkerApi>, drawn: Drawn): void {
  const highwater: Highwater = Object.freeze({
    query: (sql: string, options?: QueryOptions) => api.query(sql, options),
    status: async () => ({ ...(await api.status()), drawn: drawn.summary() }),
  });
  Object.defineProperty(window, 'highwater', { value: highwater, configurable: true });
}
