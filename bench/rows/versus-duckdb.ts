import { decodeFrame } from '../../contract/protocol/frame.ts';
import { openHeadless } from '../../worker/headless.ts';
import { call, type Harness, median, type Row, round, type Samples, samples } from '../harness.ts';
import { Native } from '../native.ts';
import {
  ACTIONS,
  type Batch,
  EPOCH,
  Framer,
  history,
  SECOND_US,
  SPAN_SECONDS,
  START_US,
  STREAM,
  tick,
} from '../page/events.ts';
import { requests, schema, windows } from '../page/highwater-side.ts';
import { Truth, told } from '../page/truth.ts';
import { QUERIES, windowsIn } from '../queries.ts';

const SIZES = [150_000, 2_000_000, 10_000_000] as const;

/** What a dashboard without incremental windows does: every tick asks the database again. */
export async function versusDuckDbWasm(harness: Harness): Promise<Row[]> {
  const sizes = harness.quick ? SIZES.slice(0, 2) : SIZES;
  const [repeats, ticks] = harness.quick ? [3, 3] : [5, 5];
  const rows: Row[] = [];
  for (const kind of ['windows', 'groups'] as const) {
    const figures: Record<string, Samples> = {};
    const factors: Record<string, number> = {};
    for (const size of sizes) {
      const page = await harness.page();
      const result = await call(page, 'versusDuckDb', kind, size, repeats, ticks);
      await page.close();
      const at = `${size / 1e6} M rows`;
      figures[`Highwater, ${at}`] = samples('ms', result.highwater);
      figures[`DuckDB-WASM: batch stored, ${at}`] = samples('ms', result.insert);
      for (const [name, ms] of Object.entries(result.queries)) {
        figures[`DuckDB-WASM: query over ${name}, ${at}`] = samples('ms', ms);
        const ratios = ms.map(
          (one, repeat) => (one + (result.insert[repeat] ?? 0)) / (result.highwater[repeat] ?? Number.NaN),
        );
        figures[`DuckDB-WASM, ${name} ÷ Highwater, ${at}`] = samples('×', ratios);
        factors[`${name} at ${at}`] = median(ratios);
      }
    }
    const [all = Number.NaN, ...others] = [
      ...Object.entries(factors).filter(([name]) => name.endsWith(`at ${(sizes.at(-1) ?? 0) / 1e6} M rows`)),
    ].map(([, factor]) => factor);
    rows.push({
      name: `The same tick against DuckDB-WASM asked again each time, ${(sizes.at(-1) ?? 0) / 1e6} M rows: ${kind === 'windows' ? 'time windows' : 'plain group-by'}`,
      goal: 'none given',
      result: `${round(all)}×${kind === 'windows' ? `; ${round(others.at(-1) ?? Number.NaN)}× when only the last 300 s are asked for` : ''}`,
      met: null,
      method:
        'The same batches, the same browser, each side in a worker of its own and measured in it: Arrow bytes of 10k new rows in hand → numbers of the picture as arrays. ' +
        'DuckDB-WASM (the same build, settings and bindings) appends the batch to one table and runs one GROUP BY. Sides take turns; every answer was checked against a plain count in JavaScript.',
      losing:
        kind === 'windows'
          ? 'Asked only for the span in view, DuckDB skips the blocks of rows before it, so its cost stops growing with history: it is then a matter of rows in the span, 3 M here at 10k a second.'
          : 'A group-by of few columns is what DuckDB does best: at 0.15 M rows little is gained.',
      figures,
      notes: {},
    });
  }
  return rows;
}

/** Native DuckDB in Node as the limit: no WebAssembly, and the batch lies in a native table beforehand. */
export async function versusDuckDbNative(harness: Harness): Promise<Row> {
  const size = harness.quick ? 500_000 : 2_000_000;
  const [repeats, ticks] = harness.quick ? [3, 5] : [7, 10];
  const truth = new Truth();
  const ours = await OurSide.open(size);
  const rivals = [await NativeSide.open(1, told(history(size), truth)), await NativeSide.open(2, history(size))];
  const figures: Record<string, number[]> = {};
  const note = (name: string, ms: number) => {
    figures[name] ??= [];
    figures[name].push(ms);
  };
  let next = 0;
  for (let repeat = -1; repeat < repeats; repeat++) {
    const totals = new Map<string, number>();
    const add = (name: string, ms: number) => totals.set(name, (totals.get(name) ?? 0) + ms);
    for (let i = 0; i < ticks; i++) {
      const batch = tick(next++);
      truth.add(batch);
      add('Highwater in Node', ours.tick(batch));
      for (const rival of rivals)
        for (const [name, ms] of Object.entries(await rival.tick(batch, next, truth)))
          add(`native DuckDB, ${rival.threads} ${rival.threads === 1 ? 'thread' : 'threads'}: ${name}`, ms);
    }
    // The first is for warming up.
    if (repeat >= 0) for (const [name, ms] of totals) note(name, ms / ticks);
  }
  ours.close();
  for (const rival of rivals) rival.close();
  const base = figures['Highwater in Node'] ?? [];
  const ratios = Object.entries(figures)
    .slice(1)
    .map(([name, ms]) => [name, ms.map((one, repeat) => one / (base[repeat] ?? Number.NaN))] as const);
  const factor = (name: string) => round(median(ratios.find(([of]) => of.endsWith(name))?.[1] ?? []));
  return {
    name: `The same tick against native DuckDB, ${size / 1e6} M rows: time windows`,
    goal: 'none given: the limit',
    result: `asked again over all rows ${factor('1 thread: batch stored, GROUP BY over all rows')}×; only the new rows aggregated ${factor('1 thread: batch stored, its rows aggregated into panes, panes read')}×`,
    met: null,
    method:
      'In one Node process, sides in turn; the picture as in the row against Perspective. Highwater has its frames in hand (engine.apply and engine.picture, one thread, DuckDB inside it as WebAssembly). ' +
      'Native DuckDB has each batch in a table of its own beforehand, so that no binding is in the figure: it appends the batch to its table, and either groups all rows, or adds the batch’s own groups to a table of panes (INSERT … ON CONFLICT) and reads the last 300 s of that. ' +
      'Every answer was checked against a plain count in JavaScript. Above 1× Highwater is faster.',
    losing:
      'Native code aggregates a batch faster than JavaScript; but a keyed table of panes costs it an index, and every tick is a statement with its transaction.',
    figures: Object.fromEntries([
      ...Object.entries(figures).map(([name, ms]) => [name, samples('ms', ms)] as const),
      ...ratios.map(([name, all]) => [`${name} ÷ Highwater`, samples('×', all)] as const),
    ]),
    notes: {},
  };
}

class OurSide {
  readonly #engine;
  readonly #framer = new Framer();

  private constructor(engine: Awaited<ReturnType<typeof openHeadless>>) {
    this.#engine = engine;
  }

  static async open(rows: number): Promise<OurSide> {
    const engine = await openHeadless({ rawBudgetBytes: 2 ** 30, nowMs: () => performance.now() });
    engine.schema(schema);
    const problems = engine.windows({ panel: windows.windows });
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
    engine.begin(STREAM, 'fresh', { epoch: EPOCH, next: { 0: 0 } });
    const side = new OurSide(engine);
    for (const batch of history(rows)) engine.apply([decodeFrame(side.#framer.frame(batch))], 0);
    return side;
  }

  tick(batch: Batch): number {
    const bytes = this.#framer.frame(batch);
    const before = performance.now();
    this.#engine.apply([decodeFrame(bytes)], 0);
    const picture = this.#engine.picture(requests.windows);
    const ms = performance.now() - before;
    if (picture.kind !== 'series') throw new Error(`expected a series, found ${picture.kind}`);
    return ms;
  }

  close(): void {
    this.#engine.close();
  }
}

/** One native database with the rows once as they are, and once more as panes. */
class NativeSide {
  readonly threads: number;
  readonly #database: Native;

  private constructor(database: Native, threads: number) {
    this.#database = database;
    this.threads = threads;
  }

  static async open(threads: number, batches: Iterable<Batch>): Promise<NativeSide> {
    const database = await Native.open(threads);
    const columns = '_event_time TIMESTAMP, user_id BIGINT, action VARCHAR, price DOUBLE';
    await database.run(`CREATE TABLE ${STREAM} (${columns})`);
    const side = new NativeSide(database, threads);
    for (const batch of batches) {
      await side.#offer(batch);
      await database.run(`INSERT INTO ${STREAM} FROM batch`);
    }
    await database.run(
      `CREATE TABLE panes (second BIGINT, action VARCHAR, events BIGINT, PRIMARY KEY (second, action));
       INSERT INTO panes SELECT ${GROUPS} FROM ${STREAM} GROUP BY ALL`,
    );
    return side;
  }

  /** Ms of each way to have the picture after this batch. */
  async tick(batch: Batch, ticks: number, truth: Truth): Promise<Record<string, number>> {
    await this.#offer(batch);
    const newestUs = START_US + ticks * SECOND_US;
    const storedMs = await timed(() => this.#database.run(`INSERT INTO ${STREAM} FROM batch`));
    const full = QUERIES.windows(newestUs);
    const allMs = await this.#read(full['all rows'] ?? '', truth);
    const lastMs = await this.#read(full['the last 300 s'] ?? '', truth);
    const upsertMs = await timed(() =>
      this.#database.run(
        `INSERT INTO panes SELECT ${GROUPS} FROM batch GROUP BY ALL ON CONFLICT DO UPDATE SET events = events + excluded.events`,
      ),
    );
    const readMs = await this.#read(
      `SELECT second, action, events FROM panes WHERE second >= ${newestUs / SECOND_US - SPAN_SECONDS}`,
      truth,
    );
    return {
      'batch stored, GROUP BY over all rows': storedMs + allMs,
      'batch stored, GROUP BY over the last 300 s': storedMs + lastMs,
      'batch stored, its rows aggregated into panes, panes read': storedMs + upsertMs + readMs,
      'only its rows aggregated into panes, panes read': upsertMs + readMs,
    };
  }

  close(): void {
    this.#database.close();
  }

  async #read(sql: string, truth: Truth): Promise<number> {
    let columns: unknown[][] = [];
    const ms = await timed(async () => {
      columns = await this.#database.columns(sql);
    });
    truth.checkWindows(windowsIn(columns), SPAN_SECONDS, sql);
    return ms;
  }

  /** The batch as the table `batch`, in the types of the events. */
  async #offer({ times, actions, prices }: Batch): Promise<void> {
    await this.#database.run('DROP TABLE IF EXISTS batch; DROP TABLE IF EXISTS coded');
    await this.#database.table('coded', { time_us: times, action: actions, price: prices });
    const names = ACTIONS.map((action) => `'${action}'`).join(', ');
    await this.#database.run(
      `CREATE TABLE batch AS SELECT make_timestamp(time_us) AS _event_time, time_us % 50000 AS user_id, [${names}][action + 1] AS action, price FROM coded`,
    );
  }
}

const GROUPS = `epoch_us(_event_time) // ${SECOND_US} AS second, action, count(*) AS events`;

async function timed(work: () => Promise<void>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}
