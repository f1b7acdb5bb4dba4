import { type Remote, transfer, wrap } from 'comlink';
import { QUERIES, revenueIn, windowsIn } from '../queries.ts';
import type { DuckDbWorker } from './duckdb-worker.ts';
import { history, SECOND_US, SPAN_SECONDS, START_US, tick } from './events.ts';
import { HighwaterSide } from './highwater-side.ts';
import { type PictureKind, Truth, told } from './truth.ts';

/** Mean ms per tick in the worker, one value per repeat: a batch in, the picture's numbers out. */
export interface VersusDuckDb {
  readonly highwater: readonly number[];
  readonly insert: readonly number[];
  /** Query alone, by its name. */
  readonly queries: Readonly<Record<string, readonly number[]>>;
}

const WARM_UP_TICKS = 3;

/** The same ticks for the engine and for DuckDB-WASM asked anew each time, in turn, both at `rows` stored rows. */
export async function versusDuckDb(
  kind: PictureKind,
  rows: number,
  repeats: number,
  ticks: number,
): Promise<VersusDuckDb> {
  const highwater = await HighwaterSide.open(kind, 1.5 * 2 ** 30);
  await highwater.fill(rows);
  const rival = await DuckDbSide.open(kind, rows);
  for (let i = 0; i < WARM_UP_TICKS; i++) {
    await highwater.tick();
    await rival.tick();
  }
  rival.take();
  const ours: number[] = [];
  const inserts: number[] = [];
  const queries: Record<string, number[]> = {};
  for (let repeat = 0; repeat < repeats; repeat++) {
    let totalMs = 0;
    for (let i = 0; i < ticks; i++) {
      totalMs += (await highwater.tick()).workerMs;
      await rival.tick();
    }
    ours.push(totalMs / ticks);
    const taken = rival.take();
    inserts.push(taken.insert / ticks);
    for (const [name, ms] of Object.entries(taken.queries)) {
      queries[name] ??= [];
      queries[name].push(ms / ticks);
    }
  }
  highwater.check('Highwater');
  await highwater.close();
  rival.close();
  return { highwater: ours, insert: inserts, queries };
}

/** DuckDB-WASM beside the plain count of everything that went into it; every answer is checked. */
class DuckDbSide {
  readonly #worker = new Worker(new URL('./duckdb-worker.ts', import.meta.url), { type: 'module' });
  readonly #database: Remote<DuckDbWorker> = wrap<DuckDbWorker>(this.#worker);
  readonly #kind: PictureKind;
  readonly #truth = new Truth();
  #ticks = 0;
  #insert = 0;
  #queries: Record<string, number> = {};

  private constructor(kind: PictureKind) {
    this.#kind = kind;
  }

  static async open(kind: PictureKind, rows: number): Promise<DuckDbSide> {
    const side = new DuckDbSide(kind);
    await side.#database.open();
    for (const { ipc } of told(history(rows), side.#truth))
      await side.#database.insert(transfer(ipc, [ipc.buffer as ArrayBuffer]));
    return side;
  }

  async tick(): Promise<void> {
    const batch = tick(this.#ticks++);
    this.#truth.add(batch);
    this.#insert += await this.#database.insert(transfer(batch.ipc, [batch.ipc.buffer as ArrayBuffer]));
    const newestUs = START_US + this.#ticks * SECOND_US;
    for (const [name, sql] of Object.entries(QUERIES[this.#kind](newestUs))) {
      const { ms, columns } = await this.#database.query(sql);
      this.#queries[name] = (this.#queries[name] ?? 0) + ms;
      if (this.#kind === 'windows') this.#truth.checkWindows(windowsIn(columns), SPAN_SECONDS, name);
      else this.#truth.checkRevenue(revenueIn(columns), name);
    }
  }

  /** Ms since the last call. */
  take(): { insert: number; queries: Record<string, number> } {
    const taken = { insert: this.#insert, queries: this.#queries };
    this.#insert = 0;
    this.#queries = {};
    return taken;
  }

  close(): void {
    this.#worker.terminate();
  }
}
