import { type Column as ArrowColumn, type Batch, type Table, Type, tableFromIPC } from '@uwdata/flechette';
import { type Column, toSafeNumbers } from '../panes/column.ts';

/** Reads Arrow IPC bytes without copying numbers. Decoding needs no `eval`, which a strict page policy forbids. */
export function decodeArrow(bytes: Uint8Array | readonly Uint8Array[]): Table {
  return tableFromIPC(bytes instanceof Uint8Array ? bytes : [...bytes], { useBigInt: true, useDate: false });
}

interface RawBatch {
  readonly length: number;
  readonly nullCount: number;
  readonly validity: Uint8Array | null;
  readonly values: ArrayLike<number> | BigInt64Array | Uint8Array;
  readonly cache?: readonly string[];
}

/** A column of one or more batches as engine columns, one for each batch. */
export function toColumns(column: ArrowColumn<unknown>): Column[] {
  return column.data.map((batch) => batchColumn(batch, column));
}

function batchColumn(batch: Batch<unknown>, column: ArrowColumn<unknown>): Column {
  const raw = batch as unknown as RawBatch;
  const validity = raw.nullCount > 0 ? raw.validity : null;
  switch (column.type.typeId) {
    case Type.Timestamp:
    case Type.Int:
      return raw.values instanceof BigInt64Array
        ? int64(raw.values.subarray(0, raw.length), validity)
        : { kind: 'number', values: raw.values as ArrayLike<number>, validity };
    case Type.Float:
      return { kind: 'number', values: raw.values as ArrayLike<number>, validity };
    case Type.Bool:
      return { kind: 'number', values: bits(raw.values as Uint8Array, raw.length), validity };
    case Type.Dictionary:
      return { kind: 'text', codes: raw.values as ArrayLike<number>, texts: raw.cache ?? [], validity };
    case Type.Utf8:
      return internTexts(batch, validity);
    default:
      throw new TypeError(`no engine column for Arrow type ${column.type.typeId}`);
  }
}

function int64(values: BigInt64Array, validity: Uint8Array | null): Column {
  const numbers = toSafeNumbers(values, validity);
  return numbers ? { kind: 'number', values: numbers, validity } : { kind: 'bigint', values, validity };
}

function bits(bytes: Uint8Array, length: number): Uint8Array {
  const values = new Uint8Array(length);
  for (let row = 0; row < length; row++) values[row] = ((bytes[row >> 3] ?? 0) >> (row & 7)) & 1;
  return values;
}

function internTexts(batch: Batch<unknown>, validity: Uint8Array | null): Column {
  const codes = new Int32Array(batch.length);
  const texts: string[] = [];
  const known = new Map<string, number>();
  for (let row = 0; row < batch.length; row++) {
    const text = batch.at(row) as string | null;
    if (text === null) continue;
    let code = known.get(text);
    if (code === undefined) {
      code = texts.push(text) - 1;
      known.set(text, code);
    }
    codes[row] = code;
  }
  return { kind: 'text', codes, texts, validity };
}
