import { type Remote, transfer, wrap } from 'comlink';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import type { PanelPicture, PanelRequest } from '../../contract/worker-api.ts';
import type { EngineWorker } from './engine-worker.ts';
import { ACTIONS, EPOCH, Framer, history, SECOND_US, SPAN_SECONDS, STREAM, tick } from './events.ts';
import { type Picture, type PictureKind, Truth, told } from './truth.ts';

export const schema: StreamSchema = {
  type: 'schema',
  stream: STREAM,
  version: 0,
  timeField: 'timestamp',
  inferred: false,
  fields: [
    { name: 'user_id', type: 'int64', role: 'id', unit: null },
    { name: 'action', type: 'string', role: 'dimension', unit: null },
    { name: 'price', type: 'float64', role: 'measure', unit: 'currencyUSD' },
  ],
};

export const windows: Record<PictureKind, WindowSpec> = {
  windows: {
    from: STREAM,
    window: 'tumble(1s)',
    by: ['action'],
    select: { value: 'count()' },
    late: { allow: '0s' },
  },
  groups: {
    from: STREAM,
    window: 'tumble(1m)',
    by: ['action'],
    select: { value: 'sum(price)' },
    late: { allow: '0s' },
  },
};

export const requests: Record<PictureKind, PanelRequest> = {
  windows: {
    kind: 'series',
    window: 'panel',
    measures: ['value'],
    seriesBy: 'action',
    order: [...ACTIONS],
    maxSeries: 12,
    view: { span: SPAN_SECONDS * SECOND_US, until: 'newest', earlierUs: 0 },
    filters: [],
    widthPx: 1200,
  },
  groups: {
    kind: 'fold',
    window: 'panel',
    view: { span: 'all', until: 'newest', earlierUs: 0 },
    filters: [],
    measure: 'value',
    by: 'action',
    over: 'all',
    top: 20,
    sort: 'descending',
    order: [...ACTIONS],
    sparkSpan: null,
  },
};

/** A tick as the page sees it (bytes in hand → picture in hand) and as the worker does, ms. */
export interface TickTimes {
  readonly pageMs: number;
  readonly workerMs: number;
  readonly applyMs: number;
}

export interface EngineFacts {
  readonly rows: number;
  readonly received: number;
  readonly rawBytes: number;
  readonly memoryBytes: number;
}

/** The engine in its worker beside the plain count of everything that went into it. */
export class HighwaterSide {
  readonly #worker: Worker;
  readonly #engine: Remote<EngineWorker>;
  readonly #kind: PictureKind;
  #truth = new Truth();
  #framer = new Framer();
  #ticks = 0;
  #last: PanelPicture | null = null;

  private constructor(worker: Worker, engine: Remote<EngineWorker>, kind: PictureKind) {
    this.#worker = worker;
    this.#engine = engine;
    this.#kind = kind;
  }

  static async open(kind: PictureKind, rawBudgetBytes: number): Promise<HighwaterSide> {
    const worker = new Worker(new URL('./engine-worker.ts', import.meta.url), { type: 'module' });
    const engine = wrap<EngineWorker>(worker);
    await engine.open(schema, { panel: windows[kind] }, rawBudgetBytes);
    return new HighwaterSide(worker, engine, kind);
  }

  /** Starts over with `rows` rows of history. */
  async fill(rows: number): Promise<void> {
    await this.#engine.reset(STREAM, EPOCH);
    this.#truth = new Truth();
    this.#framer = new Framer();
    this.#ticks = 0;
    for (const batch of told(history(rows), this.#truth)) {
      const frame = this.#framer.frame(batch);
      await this.#engine.load(transfer([frame], [frame.buffer]));
    }
  }

  async tick(): Promise<TickTimes> {
    const batch = tick(this.#ticks++);
    this.#truth.add(batch);
    const frame = this.#framer.frame(batch);
    const before = performance.now();
    const { pictures, applyMs, ms } = await this.#engine.tick(transfer([frame], [frame.buffer]), [
      requests[this.#kind],
    ]);
    const pageMs = performance.now() - before;
    this.#last = pictures[0] ?? null;
    return { pageMs, workerMs: ms, applyMs };
  }

  /** Throws unless the last picture is right. */
  check(who: string): void {
    const picture = this.#last;
    if (picture?.kind === 'error') throw new Error(`${who}: ${picture.message}`);
    if (this.#kind === 'windows') this.#truth.checkWindows(windowsOf(picture), SPAN_SECONDS, who);
    else this.#truth.checkRevenue(revenueOf(picture), who);
  }

  async facts(): Promise<EngineFacts> {
    return this.#engine.facts(STREAM);
  }

  async close(): Promise<void> {
    await this.#engine.close();
    this.#worker.terminate();
  }
}

function windowsOf(picture: PanelPicture | null): Picture {
  if (picture?.kind !== 'series') throw new Error(`expected a series, found ${picture?.kind}`);
  const byAction = ACTIONS.map((action) => picture.series.find(({ name }) => name === action)?.values);
  return new Map(
    Array.from(picture.xSeconds, (second, index) => [
      second,
      byAction.map((values) => {
        const value = values?.[index] ?? 0;
        return Number.isNaN(value) ? 0 : value;
      }),
    ]),
  );
}

function revenueOf(picture: PanelPicture | null): number[] {
  if (picture?.kind !== 'fold') throw new Error(`expected a fold, found ${picture?.kind}`);
  return ACTIONS.map((action) => picture.rows.find(({ key }) => key === action)?.value ?? Number.NaN);
}
