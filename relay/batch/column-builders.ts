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

export function makeColumnBuilder(type: FieldType): ColumnBuilder {
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
      return new StringBuilder();
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

/** Strings as a dictionary where repeats make that smaller, else as they are. */
class StringBuilder implements ColumnBuilder {
  readonly #nulls = new Nulls();
  #values: string[] = [];

  append(cell: Cell): void {
    if (cell === null) this.#nulls.add(this.#values.length);
    this.#values.push(cell === null ? '' : (cell as string));
  }

  finish(): Data<DataType> {
    return this.#dictionary() ?? makeUtf8(this.#values, this.#nulls);
  }

  reset(): void {
    this.#values = [];
    this.#nulls.reset();
  }

  /** null when a dictionary would not pay: over half of the values differ, or all are null. */
  #dictionary(): Data<DataType> | null {
    const values = this.#values;
    const length = values.length;
    if (this.#nulls.count === length) return null;
    const codes = new Map<string, number>();
    const indices = new Int32Array(length);
    const most = Math.max(1, length >> 1);
    for (let row = 0; row < length; row++) {
      const value = values[row] as string;
      let code = codes.get(value);
      if (code === undefined) {
        if (codes.size >= most) return null;
        code = codes.size;
        codes.set(value, code);
      }
      indices[row] = code;
    }
    const dictionary = new Vector([makeUtf8([...codes.keys()], new Nulls())]);
    const [index, data] =
      codes.size <= 127
        ? [new Int8(), Int8Array.from(indices)]
        : codes.size <= 32_767
          ? [new Int16(), Int16Array.from(indices)]
          : [new Int32(), indices];
    const nullBitmap = this.#nulls.bitmap(length);
    const type = new Dictionary(new Utf8(), index);
    return makeData({
      type,
      length,
      nullCount: this.#nulls.count,
      ...(nullBitmap && { nullBitmap }),
      data,
      dictionary,
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
