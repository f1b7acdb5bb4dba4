import type { Accumulator, RowsToAdd } from './accumulator.ts';
import type { Block } from './column.ts';
import { truth } from './row-filter.ts';

/** One aggregate of a table: what it is fed, and its state. */
export interface Measure {
  readonly argument: string | null;
  /** Second argument, of arg_min and arg_max. */
  readonly by: string | null;
  readonly filter: string | null;
  readonly state: Accumulator;
}

/** Of a slot in a pane, its entry there and its share of the group's name. */
const PLACE_BYTES = 80;
const SAMPLED_SLOTS = 4096;
/** So few are looked at each time they are asked for. */
const FEW_SLOTS = 256;

/** Places in the accumulators of a table's measures, handed out and taken back. */
export class Slots {
  readonly measures: ReadonlyMap<string, Measure>;
  readonly #placeBytes: number;
  #capacity = 0;
  #used = 0;
  readonly #free: number[] = [];
  /** As it was when last measured, with so many slots. */
  #average = { bytes: 0, slots: 0 };
  #masked: Int32Array = new Int32Array(0);

  /** `placeBytes`: what a slot takes beside its measures. */
  constructor(measures: ReadonlyMap<string, Measure>, placeBytes: number = PLACE_BYTES) {
    this.measures = measures;
    this.#placeBytes = placeBytes;
  }

  /** Slots in use. */
  get size(): number {
    return this.#used - this.#free.length;
  }

  /** Of all in use, by estimate: of many, by their average when it was last measured, for the page asks twice a second. */
  get bytes(): number {
    const { slots } = this.#average;
    const known = this.#used > FEW_SLOTS && this.#used <= slots * 2;
    return this.size * (known ? this.#average.bytes : this.averageBytes());
  }

  take(): number {
    const slot = this.#free.pop() ?? this.#used++;
    if (slot >= this.#capacity) {
      this.#capacity = Math.max(64, this.#capacity * 2);
      for (const { state } of this.measures.values()) state.resize(this.#capacity);
    }
    return slot;
  }

  giveBack(slot: number): void {
    for (const { state } of this.measures.values()) state.reset(slot);
    this.#free.push(slot);
  }

  /** Adds what `from` holds to `to`. */
  merge(from: number, to: number): void {
    for (const { state } of this.measures.values()) state.merge(state, from, to);
  }

  /** Adds what `from` holds to `to`, and gives `from` back. */
  fold(from: number, to: number): void {
    this.merge(from, to);
    this.giveBack(from);
  }

  /** Measures the bytes a slot takes on average now, by estimate, its place in the pane and its share of the group's name included. */
  averageBytes(): number {
    if (this.#used === 0) return this.#bytesOf(0);
    const stride = Math.max(1, Math.floor(this.#used / SAMPLED_SLOTS));
    let sampled = 0;
    let bytes = 0;
    for (let slot = 0; slot < this.#used; slot += stride) {
      bytes += this.#bytesOf(slot);
      sampled++;
    }
    this.#average = { bytes: bytes / sampled, slots: this.#used };
    return this.#average.bytes;
  }

  #bytesOf(slot: number): number {
    let bytes = this.#placeBytes;
    for (const { state } of this.measures.values())
      bytes += slot < this.#used ? state.bytesOf(slot) : state.bytesPerSlot;
    return bytes;
  }

  /** Feeds every measure the block's rows by their slots; −1: the row does not count. */
  add(block: Block, slots: Int32Array): void {
    const masks = new Map<string, Int32Array>();
    for (const { argument, by, filter, state } of this.measures.values()) {
      let masked = slots;
      if (filter !== null) {
        masked = masks.get(filter) ?? this.#mask(block, slots, filter, masks.size === 0);
        masks.set(filter, masked);
      }
      const rows: RowsToAdd = {
        from: block.from,
        rows: block.rows,
        slots: masked,
        argument: argument === null ? null : block.column(argument),
        by: by === null ? null : block.column(by),
        partitionAt: block.partitionAt,
        timeUs: block.timeUs,
        offsetAt: block.offsetAt,
      };
      state.add(rows);
    }
  }

  #mask(block: Block, slots: Int32Array, filter: string, reuse: boolean): Int32Array {
    const { from, rows } = block;
    if (reuse && this.#masked.length < rows) this.#masked = new Int32Array(Math.max(rows, 8192));
    const masked = reuse ? this.#masked : new Int32Array(rows);
    const counts = truth(block.column(filter));
    for (let row = from; row < rows; row++) masked[row] = counts(row) ? (slots[row] as number) : -1;
    return masked;
  }
}
