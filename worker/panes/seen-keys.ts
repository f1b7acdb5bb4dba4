import { laterWatermark } from '../watermark.ts';
import { type Block, type Cell, cellAt } from './column.ts';

/** Events remembered at most; the oldest go first. */
const MAX_EVENTS = 1_000_000;

export interface Dedup {
  /** Expressions whose values together name an event. */
  readonly by: readonly string[];
  /** How long an event is remembered after its first row, in event time. */
  readonly withinUs: number;
}

/**
 * Which events were seen, so that each counts once. The first row wins; it is forgotten when the watermark reaches its
 * time + `withinUs`, and those that come again do not make it longer. A row behind the watermark may be of an event that
 * is forgotten already, so it is too late. (W31; RULES S22, R7)
 */
export class SeenKeys {
  readonly #dedup: Dedup;
  readonly #expiryUs = new Map<Cell, number>();
  #sweepAt = 4096;
  duplicates = 0;
  /** Events forgotten before their time, for there were too many; should one of them come again, it counts again. */
  forgotten = 0;

  constructor(dedup: Dedup) {
    this.#dedup = dedup;
  }

  get size(): number {
    return this.#expiryUs.size;
  }

  /**
   * Judges a row; call it once per row, in order of arrival. `watermarkUs`, or that of the row's part where it is later;
   * null: nothing is late.
   */
  judge(block: Block, watermarkUs: number | null): (row: number) => 'new' | 'duplicate' | 'too late' {
    const columns = this.#dedup.by.map((expression) => block.column(expression));
    const [only] = columns;
    const { withinUs } = this.#dedup;
    const parts = (block.parts ?? []).values();
    let nowUs = watermarkUs;
    let end = block.parts === undefined ? block.rows : 0;
    if (this.#expiryUs.size > this.#sweepAt) this.#sweep(nowUs);
    return (row) => {
      while (row >= end) {
        const part = parts.next().value;
        end += part?.rows ?? block.rows;
        nowUs = laterWatermark(nowUs, part?.watermarkBeforeUs ?? null);
        if (this.#expiryUs.size > this.#sweepAt) this.#sweep(nowUs);
      }
      const timeUs = block.timeUs[row] as number;
      if (nowUs !== null && timeUs <= nowUs) return 'too late';
      const key =
        columns.length === 1 && only !== undefined
          ? cellAt(only, row)
          : columns.map((column) => tagged(cellAt(column, row))).join('\u0000');
      const known = this.#expiryUs.get(key);
      if (known !== undefined && (nowUs === null || known > nowUs)) {
        this.duplicates++;
        return 'duplicate';
      }
      // Anew, for the oldest are in front.
      if (known !== undefined) this.#expiryUs.delete(key);
      this.#expiryUs.set(key, timeUs + withinUs);
      return 'new';
    };
  }

  #sweep(watermarkUs: number | null): void {
    if (watermarkUs !== null)
      for (const [key, expiryUs] of this.#expiryUs) if (expiryUs <= watermarkUs) this.#expiryUs.delete(key);
    for (const key of this.#expiryUs.keys()) {
      if (this.#expiryUs.size <= MAX_EVENTS) break;
      this.#expiryUs.delete(key);
      this.forgotten++;
    }
    this.#sweepAt = Math.min(MAX_EVENTS, Math.max(4096, this.#expiryUs.size * 2));
  }
}

/** Values of different kinds have different texts. */
function tagged(cell: Cell): string {
  if (cell === null) return '';
  return typeof cell === 'string' ? `t${cell.length}:${cell}` : `n${cell}`;
}
