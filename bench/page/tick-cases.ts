import { type Remote, transfer, wrap } from 'comlink';
import type { WindowSpec } from '../../contract/spec/window.ts';
import type { PanelRequest } from '../../contract/worker-api.ts';
import type { EngineWorker } from './engine-worker.ts';
import { EPOCH, Framer, history, STREAM, tick } from './events.ts';
import { schema } from './highwater-side.ts';

/** One set of windows and panels over the bench's events; a tick makes all its pictures. */
export interface TickCase {
  readonly name: string;
  readonly windows: Readonly<Record<string, WindowSpec>>;
  readonly requests: readonly PanelRequest[];
  /** Distinct users in the events. */
  readonly users: number;
}

export interface TickCaseResult {
  readonly name: string;
  /** Median ms of a repeat's ticks: rows taken in, and pictures made; and the slowest whole tick of each repeat. */
  readonly applyMs: readonly number[];
  readonly pictureMs: readonly number[];
  readonly worstMs: readonly number[];
  /** The first time all pictures were made, over the history. */
  readonly firstPicturesMs: number;
  readonly plan: string;
}

export interface TickCaseOptions {
  readonly cases: readonly TickCase[];
  /** Rows stored beforehand. */
  readonly rows: number;
  readonly repeats: number;
  readonly ticks: number;
}

const RAW_BUDGET_BYTES = 2 ** 28;
const WARM_UP_TICKS = 5;

/** An engine in a worker of its own for each case, all filled alike; then they take turns, tick by tick. */
export async function tickCases({ cases, rows, repeats, ticks }: TickCaseOptions): Promise<TickCaseResult[]> {
  const sides: CaseSide[] = [];
  for (const one of cases) sides.push(await CaseSide.open(one, rows));
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (let i = 0; i < ticks; i++) for (const side of sides) await side.tick();
    for (const side of sides) side.endRepeat();
  }
  const results = [];
  for (const side of sides) results.push(await side.close());
  return results;
}

class CaseSide {
  readonly #worker = new Worker(new URL('./engine-worker.ts', import.meta.url), { type: 'module' });
  readonly #engine: Remote<EngineWorker> = wrap<EngineWorker>(this.#worker);
  readonly #case: TickCase;
  readonly #framer = new Framer();
  #ticks = 0;
  #firstPicturesMs = 0;
  #current: { applyMs: number[]; pictureMs: number[]; ms: number[] } = { applyMs: [], pictureMs: [], ms: [] };
  readonly #applyMs: number[] = [];
  readonly #pictureMs: number[] = [];
  readonly #worstMs: number[] = [];

  private constructor(one: TickCase) {
    this.#case = one;
  }

  static async open(one: TickCase, rows: number): Promise<CaseSide> {
    const side = new CaseSide(one);
    await side.#engine.open(schema, { ...one.windows }, RAW_BUDGET_BYTES);
    await side.#engine.reset(STREAM, EPOCH);
    for (const batch of history(rows, one.users)) {
      const frame = side.#framer.frame(batch);
      await side.#engine.load(transfer([frame], [frame.buffer]));
    }
    await side.tick();
    side.#firstPicturesMs = side.#current.pictureMs[0] ?? 0;
    for (let i = 1; i < WARM_UP_TICKS; i++) await side.tick();
    side.#current = { applyMs: [], pictureMs: [], ms: [] };
    return side;
  }

  async tick(): Promise<void> {
    const frame = this.#framer.frame(tick(this.#ticks++, this.#case.users));
    const { applyMs, ms } = await this.#engine.tick(transfer([frame], [frame.buffer]), this.#case.requests);
    this.#current.applyMs.push(applyMs);
    this.#current.pictureMs.push(ms - applyMs);
    this.#current.ms.push(ms);
  }

  endRepeat(): void {
    this.#applyMs.push(middle(this.#current.applyMs));
    this.#pictureMs.push(middle(this.#current.pictureMs));
    this.#worstMs.push(Math.max(...this.#current.ms));
    this.#current = { applyMs: [], pictureMs: [], ms: [] };
  }

  async close(): Promise<TickCaseResult> {
    const plan = await this.#engine.explain();
    await this.#engine.close();
    this.#worker.terminate();
    return {
      name: this.#case.name,
      applyMs: this.#applyMs,
      pictureMs: this.#pictureMs,
      worstMs: this.#worstMs,
      firstPicturesMs: this.#firstPicturesMs,
      plan,
    };
  }
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
