import type { FramePart } from '../../contract/protocol/frame.ts';
import { cellOf } from './int64.ts';

/**
 * A column of a block of rows, ready for tight loops. Arrow's validity: bit i set = row i has a value; null = all have.
 *
 *   number   float64, decimals (scaled), timestamps (µs), booleans (0, 1) and int64 whose values are all within ±2^53
 *   bigint   int64 or decimal with a value beyond that
 *   text     per row a code into `texts`, which may hold equal texts twice
 */
export type Column = NumberColumn | BigintColumn | TextColumn;

export interface NumberColumn {
  readonly kind: 'number';
  readonly values: ArrayLike<number>;
  readonly validity: Uint8Array | null;
}

export interface BigintColumn {
  readonly kind: 'bigint';
  readonly values: BigInt64Array;
  readonly validity: Uint8Array | null;
}

export interface TextColumn {
  readonly kind: 'text';
  readonly codes: ArrayLike<number>;
  readonly texts: readonly string[];
  readonly validity: Uint8Array | null;
}

/**
 * What an expression yields, as far as aggregates care. A decimal of scale s is kept as an integer, 10^s times the value:
 * 19.98 of scale 2 is 1998.
 */
export type ValueType = 'integer' | 'float' | 'text' | 'boolean' | 'timestamp' | `decimal:${number}`;

/** A value as panes keep it: timestamps are µs, booleans 0 or 1, int64 beyond ±2^53 bigint. */
export type Cell = number | bigint | string | null;

export function isValid(validity: Uint8Array | null, row: number): boolean {
  return validity === null || (((validity[row >> 3] ?? 0) >> (row & 7)) & 1) === 1;
}

/** Says that a row has a value. */
export function setValid(validity: Uint8Array, row: number): void {
  validity[row >> 3] = (validity[row >> 3] ?? 0) | (1 << (row & 7));
}

export function cellAt(column: Column, row: number): Cell {
  if (!isValid(column.validity, row)) return null;
  if (column.kind === 'text') return column.texts[column.codes[row] ?? 0] ?? null;
  if (column.kind === 'bigint') return cellOf(column.values[row] as bigint);
  return column.values[row] ?? null;
}

/** Rows to count, of which those before `from` are not new. */
export interface Block {
  readonly rows: number;
  readonly from: number;
  readonly partitionAt: (row: number) => number;
  readonly timeUs: Float64Array;
  readonly offsetAt: (row: number) => number;
  /** The column of an SQL expression named when the block was made. */
  readonly column: (expression: string) => Column;
  /** What it was made of, rows that are not new too; left out: it came as it is. */
  readonly parts?: readonly FramePart[] | undefined;
}

/** int64 values as float64; null when one of them is beyond ±2^53. */
export function toSafeNumbers(values: BigInt64Array, validity: Uint8Array | null): Float64Array | null {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  const numbers = new Float64Array(values.length);
  for (let row = 0; row < numbers.length; row++) {
    const high = words[row * 2 + 1] ?? 0;
    if ((high >= 0x200000 || high < -0x200000) && isValid(validity, row)) return null;
    numbers[row] = high * 4294967296 + ((words[row * 2] ?? 0) >>> 0);
  }
  return numbers;
}
