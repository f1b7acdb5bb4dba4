import duckdbWasm from '@duckdb/duckdb-wasm/dist/duckdb-eh.wasm?url';
import { expose } from 'comlink';
import type { Row } from '../../contract/worker-api.ts';
import type { Engine } from '../../worker/engine.ts';
import { openBrowserEngine } from '../../worker/store/open-browser.ts';
import { Player, type PlaySetup } from './player.ts';

/** The engine alone in its worker under a whole board: rows as fast as they are committed, or at a pace. */

export interface Sustained {
  readonly rowsPerSecond: number;
  /** Share of the time spent in apply and in pictures; ms of one round of all pictures. */
  readonly applyShare: number;
  readonly pictureShare: number;
  readonly pictureMs: number;
  /** Rows offered and not yet committed, as time to catch up: at its worst, and at the end. 0 when not paced. */
  readonly maxBacklogMs: number;
  readonly endBacklogMs: number;
}

let opened: { readonly engine: Engine; readonly player: Player; readonly stream: string } | null = null;

const api = {
  async open(setup: PlaySetup): Promise<void> {
    const engine = await openBrowserEngine(new URL(duckdbWasm, self.location.href).href, {
      rawBudgetBytes: setup.rawBudgetBytes,
      nowMs: () => performance.now(),
    });
    opened = { engine, player: new Player(engine, setup), stream: setup.schema.stream };
  },

  /** Runs for `forMs`; `rowsPerSecond` null: as fast as it goes. */
  async run(forMs: number, rowsPerSecond: number | null): Promise<Sustained> {
    const { player } = current();
    const started = performance.now();
    let [rows, applyMs, pictureMs, rounds, maxBacklog] = [0, 0, 0, 0, 0];
    const due = () => (rowsPerSecond === null ? Infinity : ((performance.now() - started) / 1000) * rowsPerSecond);
    while (performance.now() - started < forMs) {
      const before = performance.now();
      const applied = player.apply(due() - rows);
      rows += applied;
      if (applied > 0) applyMs += performance.now() - before;
      const drawnMs = player.pictures();
      if (drawnMs !== null) {
        rounds++;
        pictureMs += drawnMs;
      }
      if (rowsPerSecond !== null) maxBacklog = Math.max(maxBacklog, due() - rows);
      if (applied === 0) await new Promise((done) => setTimeout(done, 2));
    }
    const elapsedMs = performance.now() - started;
    const toMs = (backlog: number) => (rowsPerSecond === null ? 0 : (backlog / rowsPerSecond) * 1000);
    return {
      rowsPerSecond: (rows / elapsedMs) * 1000,
      applyShare: applyMs / elapsedMs,
      pictureShare: pictureMs / elapsedMs,
      pictureMs: pictureMs / Math.max(1, rounds),
      maxBacklogMs: toMs(maxBacklog),
      endBacklogMs: toMs(rowsPerSecond === null ? 0 : due() - rows),
    };
  },

  /** One whole pass as fast as it goes; rows a second. */
  pass(): number {
    return current().player.pass();
  },

  query(sql: string, maxRows: number): Promise<Row[]> {
    return current().engine.query(sql, { maxRows });
  },

  facts(): { received: number; rows: number; rawBytes: number; memoryBytes: number; tooLate: number } {
    const { engine, stream } = current();
    const { received, rows, memory, tooLate } = engine.streamState(stream);
    return { received, rows, rawBytes: memory, memoryBytes: engine.memory().usedBytes, tooLate };
  },
};
export type SustainWorker = typeof api;

function current() {
  if (!opened) throw new Error('open the engine first');
  return opened;
}

expose(api);
