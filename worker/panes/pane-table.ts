import { windowStartUs } from '../../contract/spec/window.ts';
import type { Accumulator, RowsToAdd } from './accumulator.ts';
import { type Block, type Column, cellAt } from './column.ts';
import { GroupKeys } from './group-keys.ts';

/** Groups over all panes of one table; beyond it the oldest panes are let go. (N4) */
export const MAX_GROUPS = 200_000;

/** What a pane table keeps; windows with equal shapes share one. (N3) */
export interface PaneShape {
  readonly stream: string;
  readonly sizeUs: number;
  readonly offsetUs: number;
  readonly allowUs: number;
  /** Expressions, as `Block.column` knows them. */
  readonly by: readonly string[];
  readonly where: string | null;
}

/** One aggregate of a table: what it is fed, and its state. */
export interface Measure {
  readonly argument: string | null;
  readonly filter: string | null;
  readonly state: Accumulator;
}

/** One slice of event time: [startUs, startUs + size). */
export interface Pane {
  readonly startUs: number;
  /** Group → slot in the accumulators. */
  readonly slots: Map<number, number>;
  /** Rows came after the watermark had passed its end. */
  revised: boolean;
}

/**
 * The panes of one shape: per (window start, group) a slot, per slot the state of each measure in typed arrays.
 *
 *   rows of a block ─▶ slot per row (−1: not counted) ─▶ each measure adds by slot
 */
export class PaneTable {
  readonly shape: PaneShape;
  readonly measures: ReadonlyMap<string, Measure>;
  readonly keys: GroupKeys;
  readonly #panes = new Map<number, Pane>();
  #order: Pane[] = [];
  #ordered = true;
  #capacity = 0;
  #used = 0;
  #free: number[] = [];
  #slots: Int32Array = new Int32Array(0);
  #masked: Int32Array = new Int32Array(0);
  #keptFromUs: number | null = null;
  /** Rises with every change. */
  revision = 0;

  constructor(shape: PaneShape, measures: ReadonlyMap<string, Measure>) {
    this.shape = shape;
    this.measures = measures;
    this.keys = new GroupKeys(shape.by);
  }

  /** Panes before this were let go; null: none were. */
  get keptFromUs(): number | null {
    return this.#keptFromUs;
  }

  /** All panes by start. */
  get panes(): readonly Pane[] {
    if (!this.#ordered) {
      this.#order.sort((left, right) => left.startUs - right.startUs);
      this.#ordered = true;
    }
    return this.#order;
  }

  paneAt(startUs: number): Pane | undefined {
    return this.#panes.get(startUs);
  }

  /**
   * Counts a block's new rows. `watermarkUs` is the one valid before them, null: nothing is late. Rows too late for
   * their pane are marked 1 in `tooLate`, when it is given.
   */
  add(block: Block, watermarkUs: number | null, tooLate: Uint8Array | null): void {
    this.revision++;
    this.#assignSlots(block, watermarkUs, tooLate);
    const masks = new Map<string, Int32Array>();
    for (const { argument, filter, state } of this.measures.values()) {
      let slots = this.#slots;
      if (filter !== null) {
        slots = masks.get(filter) ?? this.#mask(block, filter, masks.size === 0);
        masks.set(filter, slots);
      }
      const rows: RowsToAdd = {
        from: block.from,
        rows: block.rows,
        slots,
        argument: argument === null ? null : block.column(argument),
        partitionAt: block.partitionAt,
        timeUs: block.timeUs,
        offsetAt: block.offsetAt,
      };
      state.add(rows);
    }
    this.#letGo();
  }

  #assignSlots(block: Block, watermarkUs: number | null, tooLate: Uint8Array | null): void {
    const { rows, from, timeUs } = block;
    const { sizeUs, offsetUs, allowUs, where, by } = this.shape;
    if (this.#slots.length < rows) this.#slots = new Int32Array(Math.max(rows, 8192));
    const slots = this.#slots;
    const keys = this.keys.keysOf(
      by.map((expression) => block.column(expression)),
      from,
      rows,
    );
    const counts = where === null ? null : truth(block.column(where));
    // Where a group's slot in the current pane was last seen: `seenIn[key]` is the pane's serial.
    const seenSlot = new Int32Array(this.keys.size);
    const seenIn = new Int32Array(this.keys.size);
    let serial = 0;
    let pane: Pane | null = null;
    let start = 0;
    let end = Number.NEGATIVE_INFINITY;
    let closed = false;
    let final = false;
    for (let row = from; row < rows; row++) {
      const time = timeUs[row] as number;
      if (!(time >= start && time < end)) {
        start = windowStartUs(time, sizeUs, offsetUs);
        end = start + sizeUs;
        closed =
          (watermarkUs !== null && end + allowUs <= watermarkUs) ||
          (this.#keptFromUs !== null && start < this.#keptFromUs);
        final = watermarkUs !== null && end <= watermarkUs;
        pane = null;
        serial++;
      }
      if (closed) {
        slots[row] = -1;
        if (tooLate) tooLate[row] = 1;
        continue;
      }
      if (counts !== null && !counts(row)) {
        slots[row] = -1;
        continue;
      }
      const key = keys[row] as number;
      if (seenIn[key] === serial) {
        slots[row] = seenSlot[key] as number;
        continue;
      }
      if (pane === null) pane = this.#pane(start);
      if (final) pane.revised = true;
      const slot = this.#slot(pane, key);
      seenIn[key] = serial;
      seenSlot[key] = slot;
      slots[row] = slot;
    }
  }

  #mask(block: Block, filter: string, reuse: boolean): Int32Array {
    const { rows, from } = block;
    if (reuse && this.#masked.length < rows) this.#masked = new Int32Array(Math.max(rows, 8192));
    const masked = reuse ? this.#masked : new Int32Array(rows);
    const counts = truth(block.column(filter));
    for (let row = from; row < rows; row++) masked[row] = counts(row) ? (this.#slots[row] as number) : -1;
    return masked;
  }

  #pane(startUs: number): Pane {
    let pane = this.#panes.get(startUs);
    if (!pane) {
      pane = { startUs, slots: new Map(), revised: false };
      this.#panes.set(startUs, pane);
      const last = this.#order.at(-1);
      if (last && last.startUs > startUs) this.#ordered = false;
      this.#order.push(pane);
    }
    return pane;
  }

  #slot(pane: Pane, key: number): number {
    const known = pane.slots.get(key);
    if (known !== undefined) return known;
    const slot = this.#free.pop() ?? this.#used++;
    if (slot >= this.#capacity) {
      this.#capacity = Math.max(64, this.#capacity * 2);
      for (const { state } of this.measures.values()) state.resize(this.#capacity);
    }
    pane.slots.set(key, slot);
    return slot;
  }

  /** Lets the oldest panes go while there are too many groups, but always keeps the newest pane. */
  #letGo(): void {
    if (this.#used - this.#free.length <= MAX_GROUPS) return;
    const panes = this.panes;
    let gone = 0;
    while (gone < panes.length - 1 && this.#used - this.#free.length > MAX_GROUPS * 0.9) {
      const pane = panes[gone++] as Pane;
      this.#panes.delete(pane.startUs);
      for (const slot of pane.slots.values()) {
        for (const { state } of this.measures.values()) state.reset(slot);
        this.#free.push(slot);
      }
      this.#keptFromUs = pane.startUs + this.shape.sizeUs;
    }
    this.#order = panes.slice(gone);
    this.#forgetKeys();
  }

  #forgetKeys(): void {
    const used = new Set<number>();
    for (const pane of this.#order) for (const key of pane.slots.keys()) used.add(key);
    if (this.keys.size < 4096 || used.size * 2 > this.keys.size) return;
    const renumbered = this.keys.keep([...used]);
    for (const pane of this.#order) {
      const slots = [...pane.slots];
      pane.slots.clear();
      for (const [key, slot] of slots) pane.slots.set(renumbered.get(key) ?? key, slot);
    }
  }
}

/** Whether a condition holds for a row: null is not true. */
function truth(column: Column): (row: number) => boolean {
  if (column.kind === 'number' && column.validity === null) return (row) => column.values[row] === 1;
  return (row) => cellAt(column, row) === 1;
}
