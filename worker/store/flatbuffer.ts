/**
 * As much of flatbuffers as Arrow's metadata needs. A table's slots are found by its vtable; what a slot points to lies
 * behind it.
 *
 *   root offset ─▶ table: vtable offset, slots …        vtable: its bytes, the table's, each slot's place (0: absent)
 *                     └─▶ table, vector: length, items …, or text: length, UTF-8, 0
 */

/** Position of the root table. */
export function rootOf(view: DataView): number {
  return view.getUint32(0, true);
}

/** Position of a table's slot, or 0 when it is absent. */
export function slotAt(view: DataView, table: number, slot: number): number {
  const vtable = table - view.getInt32(table, true);
  const at = 4 + slot * 2;
  const offset = at < view.getUint16(vtable, true) ? view.getUint16(vtable + at, true) : 0;
  return offset === 0 ? 0 : table + offset;
}

/** Position of what a table's slot points to; throws when it is absent. */
export function follow(view: DataView, table: number, slot: number): number {
  const at = slotAt(view, table, slot);
  if (at === 0) throw new RangeError(`Arrow metadata without its field ${slot}`);
  return at + view.getUint32(at, true);
}

/** A table's byte, 0 when it is absent. */
export function readU8(view: DataView, table: number, slot: number): number {
  const at = slotAt(view, table, slot);
  return at === 0 ? 0 : view.getUint8(at);
}

/** A table's 8-byte integer, 0 when it is absent. */
export function readI64(view: DataView, table: number, slot: number): bigint {
  const at = slotAt(view, table, slot);
  return at === 0 ? 0n : view.getBigInt64(at, true);
}

/** Writes a flatbuffer forwards; every position is from its start. */
export class FlatbufferWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #slots: number[] = [];
  at = 0;

  /** A table with slots of these byte widths (null: absent), filled with `values`; returns its position. */
  table(widths: readonly (number | null)[], values: readonly (number | bigint)[] = []): number {
    this.align(8);
    const vtableBytes = 4 + widths.length * 2;
    // The table starts on a multiple of 8; slots are laid out widest first.
    const table = Math.ceil((this.at + vtableBytes) / 8) * 8;
    const vtable = table - vtableBytes;
    this.#reserve(table + 64);
    let end = 4;
    const offsets = widths.map(() => 0);
    for (const width of [8, 4, 2, 1])
      for (const [slot, own] of widths.entries())
        if (own === width) {
          end = Math.ceil(end / width) * width;
          offsets[slot] = end;
          end += width;
        }
    this.#view.setUint16(vtable, vtableBytes, true);
    this.#view.setUint16(vtable + 2, end, true);
    for (const [slot, offset] of offsets.entries()) this.#view.setUint16(vtable + 4 + slot * 2, offset, true);
    this.#view.setInt32(table, vtableBytes, true);
    for (const [slot, value] of values.entries()) {
      const at = table + (offsets[slot] ?? 0);
      if (typeof value === 'bigint') this.#view.setBigInt64(at, value, true);
      else if (widths[slot] === 4) this.#view.setInt32(at, value, true);
      else if (widths[slot] === 2) this.#view.setInt16(at, value, true);
      else if (widths[slot] === 1) this.#view.setUint8(at, value);
    }
    this.#slots = offsets.map((offset) => table + offset);
    this.at = table + end;
    return table;
  }

  lastSlot(slot: number): number {
    return this.#slots[slot] ?? 0;
  }

  /** Makes the offset in `slot` point to `target`. */
  patch(slot: number, target: number): void {
    this.#view.setUint32(slot, target - slot, true);
  }

  u32(value: number): number {
    this.align(4);
    this.#reserve(this.at + 4);
    this.#view.setUint32(this.at, value, true);
    this.at += 4;
    return this.at - 4;
  }

  align(to: number): this {
    this.at = Math.ceil(this.at / to) * to;
    return this;
  }

  /** A text; returns its position. */
  text(value: string): number {
    const text = new TextEncoder().encode(value);
    const at = this.u32(text.length);
    this.#reserve(this.at + text.length + 8);
    this.#bytes.set(text, this.at);
    this.at += text.length + 1;
    return at;
  }

  /** Starts a vector of 16-byte structs, which are aligned to 8; returns its position. */
  structs(count: number): number {
    this.at = Math.ceil((this.at + 4) / 8) * 8 - 4;
    return this.u32(count);
  }

  pair(first: bigint, second: bigint): void {
    this.#reserve(this.at + 16);
    this.#view.setBigInt64(this.at, first, true);
    this.#view.setBigInt64(this.at + 8, second, true);
    this.at += 16;
  }

  copy16(from: DataView, at: number): void {
    this.pair(from.getBigInt64(at, true), from.getBigInt64(at + 8, true));
  }

  /** Copies old metadata behind what is written, so that its tables can be pointed to; returns where. */
  append(old: DataView): number {
    const base = this.align(8).at;
    this.#reserve(base + old.byteLength);
    this.#bytes.set(new Uint8Array(old.buffer, old.byteOffset, old.byteLength), base);
    this.at = base + old.byteLength;
    return base;
  }

  /** All of it, padded to 8. */
  finish(): Uint8Array {
    this.align(8);
    this.#reserve(this.at);
    return this.#bytes.slice(0, this.at);
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(bytes, this.#bytes.length * 2));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
