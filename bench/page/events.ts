import {
  Data,
  Dictionary,
  Float64,
  Int32,
  Int64,
  makeData,
  makeVector,
  Table,
  TimestampMicrosecond,
  tableToIPC,
  Utf8,
  Vector,
  vectorFromArray,
} from 'apache-arrow';
import { encodeFrame } from '../../contract/protocol/frame.ts';
import { seededRandom } from './random.ts';

/**
 * The bench's events: `(time, user_id, action, price)`, seeded, so that both sides of a comparison get the same bytes
 * and a third, plain count in JavaScript says what the right numbers are.
 *
 *   history  `rows` rows spread evenly over the time before `startUs`: the picture's span, or longer at 10k rows/s
 *   tick n   10,000 rows of second n after `startUs`, in random order; every tenth up to 3 s late
 *
 * Prices are multiples of a quarter, so that their sums are exact in whatever order they are added.
 */
export const ACTIONS = ['cart', 'checkout', 'click', 'purchase', 'search', 'view'] as const;
export const STREAM = 'events';
export const EPOCH = 'bench';
export const TICK_ROWS = 10_000;
export const SECOND_US = 1_000_000;
export const SPAN_SECONDS = 300;
export const START_US = Date.UTC(2026, 0, 1) * 1000;
/** Users, unless a row of the bench asks for another number. */
const USERS = 50_000;
const HISTORY_BATCH_ROWS = 50_000;
const DELAY_US = 10 * SECOND_US;

export interface Batch {
  readonly rows: number;
  readonly times: BigInt64Array;
  readonly actions: Int32Array;
  readonly prices: Float64Array;
  /** One Arrow IPC stream: the same bytes for every engine. */
  readonly ipc: Uint8Array;
  /** The same rows with two more columns, the second of each row and a 1, for formulations that want them ready. */
  readonly preparedIpc: () => Uint8Array;
  readonly minTimeUs: number;
  readonly maxTimeUs: number;
}

/** Seconds of event time that `rows` rows of history cover. */
export function historySeconds(rows: number): number {
  return Math.max(SPAN_SECONDS, Math.ceil(rows / TICK_ROWS));
}

/** `rows` rows before `START_US`, in batches of at most 50,000, of `users` users. */
export function* history(rows: number, users = USERS): Generator<Batch> {
  const stepUs = (historySeconds(rows) * SECOND_US) / rows;
  for (let done = 0; done < rows; done += HISTORY_BATCH_ROWS) {
    const count = Math.min(HISTORY_BATCH_ROWS, rows - done);
    yield batch(count, users, 1 + done / HISTORY_BATCH_ROWS, (i) => START_US - Math.ceil((rows - done - i) * stepUs));
  }
}

export function tick(n: number, users = USERS): Batch {
  const random = seededRandom(n);
  return batch(TICK_ROWS, users, 1_000_000 + n, (i) => {
    const lateUs = i % 10 === 0 ? Math.floor(random() * 3 * SECOND_US) : 0;
    return START_US + n * SECOND_US + Math.floor(random() * SECOND_US) - lateUs;
  });
}

function batch(rows: number, userCount: number, seed: number, timeOf: (i: number) => number): Batch {
  const random = seededRandom(seed);
  const times = new BigInt64Array(rows);
  const users = new BigInt64Array(rows);
  const actions = new Int32Array(rows);
  const prices = new Float64Array(rows);
  let minTimeUs = Number.POSITIVE_INFINITY;
  let maxTimeUs = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < rows; i++) {
    const timeUs = timeOf(i);
    minTimeUs = Math.min(minTimeUs, timeUs);
    maxTimeUs = Math.max(maxTimeUs, timeUs);
    times[i] = BigInt(timeUs);
    users[i] = BigInt(Math.floor(random() * userCount));
    actions[i] = Math.floor(random() * ACTIONS.length);
    prices[i] = Math.floor(random() * 400) / 4;
  }
  const columns = {
    _event_time: column(new TimestampMicrosecond(), times),
    user_id: column(new Int64(), users),
    action: makeVector(
      makeData({ type: new Dictionary(new Utf8(), new Int32()), length: rows, data: actions, dictionary: names }),
    ),
    price: column(new Float64(), prices),
  };
  const prepared = () => ({
    ...columns,
    second: column(
      new Int32(),
      Int32Array.from(times, (timeUs) => Math.floor(Number(timeUs) / SECOND_US)),
    ),
    one: column(new Int32(), new Int32Array(rows).fill(1)),
  });
  return {
    rows,
    times,
    actions,
    prices,
    ipc: tableToIPC(new Table(columns), 'stream'),
    preparedIpc: () => tableToIPC(new Table(prepared()), 'stream'),
    minTimeUs,
    maxTimeUs,
  };
}

const names = vectorFromArray([...ACTIONS], new Utf8());

function column<T extends TimestampMicrosecond | Int64 | Int32 | Float64>(type: T, data: T['TArray']): Vector<T> {
  return new Vector([new Data(type, 0, data.length, 0, [undefined, data])]);
}

/** Numbers frames of one partition one after another, as the relay would. */
export class Framer {
  #offset = 0;
  #maxTimeUs = Number.NEGATIVE_INFINITY;

  frame(batch: Batch): Uint8Array {
    const firstOffset = this.#offset;
    this.#offset += batch.rows;
    const header = {
      stream: STREAM,
      epoch: EPOCH,
      partition: 0,
      firstOffset,
      nextOffset: this.#offset,
      rows: batch.rows,
      minEventTimeUs: batch.minTimeUs,
      maxEventTimeUs: batch.maxTimeUs,
      watermarkBeforeUs: Math.max(this.#maxTimeUs, batch.minTimeUs) - DELAY_US,
      sealedAtUs: START_US,
      schemaVersion: 0,
      contiguous: true,
    };
    this.#maxTimeUs = Math.max(this.#maxTimeUs, batch.maxTimeUs);
    return encodeFrame(header, batch.ipc);
  }
}
