import {
  Bool,
  type Data,
  type DataType,
  Dictionary,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  makeData,
  TimestampMicrosecond,
  Utf8,
  Vector,
} from 'apache-arrow';
import type { FieldType } from '../../contract/spec/field.ts';
import type { Cell } from '../shape/row.ts';

/** One column of an open batch: cells in, one Arrow column out. Buffers are kept over `reset`, for they are copied when encoded. */
export interface ColumnBuilder {
  append(cell: Cell): void;
  /** A view of what was appended; valid until the next `append` or `reset`. */
  finish(): Data<DataType>;
  reset(): void;
}

/** `id` names the column's dictionary: the same in every frame, so that frames of a version have one Arrow schema. */
export function makeColumnBuilder(type: FieldType, id: number): ColumnBuilder {
  switch (type) {
    case 'int64':
      return new WordsBuilder(() => new Int64());
    case 'timestamp':
      return new WordsBuilder(() => new TimestampMicrosecond(null));
    case 'float64':
      return new FloatBuilder();
    case 'bool':
      return new BoolBuilder();
    case 'string':
      return new StringBuilder(id);
  }
}

const FIRST_ROWS = 64;

/** Which rows hold nothing. Costs nothing until there is one. */
class Nulls {
  #rows: number[] = [];

  get count(): number {
    return this.#rows.length;
  }

  add(row: number): void {
    this.#rows.push(row);
  }

  reset(): void {
    if (this.#rows.length > 0) this.#rows = [];
  }

  /** Arrow's validity bits for `length` rows, or undefined when all are there. */
  bitmap(length: number): Uint8Array | undefined {
    if (this.#rows.length === 0) return undefined;
    const bits = new Uint8Array(Math.ceil(length / 64) * 8).fill(0xff);
    for (const row of this.#rows) bits[row >> 3] = (bits[row >> 3] as number) & ~(1 << (row & 7));
    return bits;
  }
}

/** int64 and timestamps: numbers are written as two 32-bit words, which is several times faster than through BigInt. */
export class WordsBuilder implements ColumnBuilder {
  readonly #type: () => Int64 | TimestampMicrosecond;
  readonly #nulls = new Nulls();
  #words = new Int32Array(FIRST_ROWS * 2);
  #length = 0;

  constructor(type: () => Int64 | TimestampMicrosecond) {
    this.#type = type;
  }

  append(cell: Cell): void {
    const at = this.#length * 2;
    if (at === this.#words.length) this.#words = grown(this.#words, new Int32Array(at * 2));
    if (cell === null) {
      this.#nulls.add(this.#length);
      this.#words[at] = 0;
      this.#words[at + 1] = 0;
    } else if (typeof cell === 'bigint') {
      this.#words[at] = Number(BigInt.asIntN(32, cell));
      this.#words[at + 1] = Number(cell >> 32n);
    } else {
      this.#words[at] = cell as number;
      this.#words[at + 1] = Math.floor((cell as number) / 4_294_967_296);
    }
    this.#length++;
  }

  finish(): Data<DataType> {
    const data = new BigInt64Array(this.#words.buffer, 0, this.#length);
    return make(this.#type(), data, this.#length, this.#nulls);
  }

  reset(): void {
    this.#length = 0;
    this.#nulls.reset();
  }
}

class FloatBuilder implements ColumnBuilder {
  readonly #nulls = new Nulls();
  #values = new Float64Array(FIRST_ROWS);
  #length = 0;

  append(cell: Cell): void {
    if (this.#length === this.#values.length) this.#values = grown(this.#values, new Float64Array(this.#length * 2));
    if (cell === null) this.#nulls.add(this.#length);
    this.#values[this.#length++] = cell === null ? 0 : (cell as number);
  }

  finish(): Data<DataType> {
    return make(new Float64(), this.#values.subarray(0, this.#length), this.#length, this.#nulls);
  }

  reset(): void {
    this.#length = 0;
    this.#nulls.reset();
  }
}

class BoolBuilder implements ColumnBuilder {
  readonly #nulls = new Nulls();
  #bits = new Uint8Array(FIRST_ROWS);
  #length = 0;

  append(cell: Cell): void {
    const at = this.#length >> 3;
    if (at === this.#bits.length) this.#bits = grown(this.#bits, new Uint8Array(at * 2));
    if (cell === null) this.#nulls.add(this.#length);
    else if (cell) this.#bits[at] = (this.#bits[at] as number) | (1 << (this.#length & 7));
    this.#length++;
  }

  finish(): Data<DataType> {
    return make(new Bool(), this.#bits.subarray(0, Math.ceil(this.#length / 64) * 8), this.#length, this.#nulls);
  }

  reset(): void {
    this.#length = 0;
    this.#bits.fill(0);
    this.#nulls.reset();
  }
}

/** Indices a dictionary may need, narrowest first. */
const INDEX_WIDTHS = [
  { most: 127, type: () => new Int8(), pack: (codes: Int32Array) => Int8Array.from(codes) },
  { most: 32_767, type: () => new Int16(), pack: (codes: Int32Array) => Int16Array.from(codes) },
  { most: Number.POSITIVE_INFINITY, type: () => new Int32(), pack: (codes: Int32Array) => codes },
] as const;

/** A frame this short says little about how often values repeat. */
const TELLING_ROWS = 64;
/** A dictionary costs 200 bytes and a message to decode: more than so few values, however often they repeat. */
const FEW_ROWS = 16;

/**
 * Strings as a dictionary where repeats make that smaller, else as they are. The choice is kept from frame to frame, and
 * indices only grow wider: a reader stores frames of one Arrow schema together, so a schema that flutters costs it dearly.
 */
class StringBuilder implements ColumnBuilder {
  readonly #id: number;
  readonly #nulls = new Nulls();
  #values: string[] = [];
  #plain = false;
  #width = 0;

  constructor(id: number) {
    this.#id = id;
  }

  append(cell: Cell): void {
    if (cell === null) this.#nulls.add(this.#values.length);
    this.#values.push(cell === null ? '' : (cell as string));
  }

  finish(): Data<DataType> {
    const length = this.#values.length;
    const telling = length - this.#nulls.count >= TELLING_ROWS;
    // A plain column becomes a dictionary below a quarter of distinct values, and goes back above a half.
    const most = telling ? (this.#plain ? length >> 2 : length >> 1) : this.#plain ? 0 : length;
    const codes = length < FEW_ROWS ? null : this.#codes(most);
    this.#plain = codes === null;
    return codes === null ? makeUtf8(this.#values, this.#nulls) : this.#dictionary(codes);
  }

  reset(): void {
    this.#values = [];
    this.#nulls.reset();
  }

  /** Value → code in order of appearance; null when there are more than `most` values. */
  #codes(most: number): { readonly values: string[]; readonly rows: Int32Array } | null {
    const codes = new Map<string, number>();
    const rows = new Int32Array(this.#values.length);
    for (let row = 0; row < rows.length; row++) {
      const value = this.#values[row] as string;
      let code = codes.get(value);
      if (code === undefined) {
        if (codes.size >= most) return null;
        code = codes.size;
        codes.set(value, code);
      }
      rows[row] = code;
    }
    return { values: [...codes.keys()], rows };
  }

  #dictionary({ values, rows }: { readonly values: string[]; readonly rows: Int32Array }): Data<DataType> {
    const enough = INDEX_WIDTHS.findIndex(({ most }) => values.length <= most);
    this.#width = Math.max(this.#width, enough);
    const { type, pack } = INDEX_WIDTHS[this.#width] as (typeof INDEX_WIDTHS)[number];
    const nullBitmap = this.#nulls.bitmap(rows.length);
    return makeData({
      type: new Dictionary(new Utf8(), type(), this.#id),
      length: rows.length,
      nullCount: this.#nulls.count,
      ...(nullBitmap && { nullBitmap }),
      data: pack(rows),
      dictionary: new Vector([makeUtf8(values, new Nulls())]),
    });
  }
}

function makeUtf8(values: readonly string[], nulls: Nulls): Data<Utf8> {
  const valueOffsets = new Int32Array(values.length + 1);
  const data = Buffer.from(values.join(''), 'utf8');
  let end = 0;
  for (let row = 0; row < values.length; row++) {
    end += (values[row] as string).length;
    valueOffsets[row + 1] = end;
  }
  if (end !== data.length) {
    end = 0;
    for (let row = 0; row < values.length; row++) {
      end += Buffer.byteLength(values[row] as string);
      valueOffsets[row + 1] = end;
    }
  }
  const nullBitmap = nulls.bitmap(values.length);
  return makeData({
    type: new Utf8(),
    length: values.length,
    nullCount: nulls.count,
    ...(nullBitmap && { nullBitmap }),
    valueOffsets,
    data,
  });
}

function make(
  type: Int64 | TimestampMicrosecond | Float64 | Bool,
  data: BigInt64Array | Float64Array | Uint8Array,
  length: number,
  nulls: Nulls,
): Data<DataType> {
  const nullBitmap = nulls.bitmap(length);
  return makeData({
    type: type as Int64,
    length,
    nullCount: nulls.count,
    ...(nullBitmap && { nullBitmap }),
    data: data as BigInt64Array,
  });
}

function grown<T extends Int32Array | Float64Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
