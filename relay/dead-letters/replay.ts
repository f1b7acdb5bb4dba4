import type { Clock } from '../../contract/clock.ts';
import type { ReplayResult } from '../../contract/dead-letters.ts';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import { REPLAY_PARTITION } from '../../contract/protocol/position.ts';
import { Batcher, type BatchLimits } from '../batch/batcher.ts';
import { Rejected } from '../decode/rejected.ts';
import type { LogEntry } from '../log/log.ts';
import { type RowRules, readRow, SAMPLE_RECORDS, sampleRecord } from '../read-row.ts';
import type { Row } from '../shape/row.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { LetterEntry } from './letter-index.ts';
import { findLetters, type LetterFilter } from './search.ts';

/**
 * Replays dead letters as rows, each at most once, whatever dies when:
 *
 *     read by the rules of now ─▶ marked "replaying, from offset b on" and synced ─▶ appended at b, b + 1, … ─▶ kept ─▶ marked
 *         └ still no row: it waits                                                    └─ killed here: the log's own
 *                                                                                      end says which of them are in it
 */
export interface ReplayParts {
  readonly stream: string;
  /** Of the log. */
  readonly epoch: string;
  readonly clock: Clock;
  readonly limits: BatchLimits;
  readonly rules: RowRules;
  readonly letters: DeadLetters;
  readonly watermarkUs: () => number;
  /** Where the log's replay partition ends, what waits for the disk included; null: it has none. */
  readonly tail: () => number | null;
  readonly append: (entry: LogEntry, maxEventTimeUs: number) => void;
  /** Throws when the log is no longer the stream's. */
  readonly checkOpen: () => void;
  /** Resolves when the log can take more. */
  readonly room: () => Promise<void>;
  /** Resolves when everything appended is kept. */
  readonly kept: () => Promise<void>;
}

/** Letters taken in one step. */
const STEP_LETTERS = 1_000;
const STEP_BYTES = 16 * 2 ** 20;

export async function replayLetters(parts: ReplayParts, filter: LetterFilter): Promise<ReplayResult> {
  const tally = new Tally();
  let step: Ready[] = [];
  let bytes = 0;
  for await (const { entry, row, size } of readyLetters(parts.letters, parts.rules, filter, tally)) {
    step.push({ entry, row, size, schema: schemaOf(parts.rules) });
    bytes += size;
    if (step.length < STEP_LETTERS && bytes < STEP_BYTES) continue;
    tally.rows += await append(parts, step);
    step = [];
    bytes = 0;
  }
  if (step.length > 0) tally.rows += await append(parts, step);
  return tally.result();
}

/** What a replay would do now, and nothing else. `rules` are a copy: fields it meets are not the stream's. */
export async function tryLetters(letters: DeadLetters, rules: RowRules, filter: LetterFilter): Promise<ReplayResult> {
  const tally = new Tally();
  for await (const _ready of readyLetters(letters, rules, filter, tally)) tally.rows++;
  return tally.result();
}

interface Ready {
  readonly entry: LetterEntry;
  readonly row: Row;
  readonly size: number;
  readonly schema: StreamSchema;
}

async function* readyLetters(
  letters: DeadLetters,
  rules: RowRules,
  filter: LetterFilter,
  tally: Tally,
): AsyncGenerator<Omit<Ready, 'schema'>> {
  // Oldest first, as they came.
  const found: LetterEntry[] = [];
  const startOnly = rules.shaper.schema !== null;
  for await (const { entry, letter } of findLetters(letters, { ...filter, state: 'waiting' }, { startOnly })) {
    found.push(entry);
    if (rules.shaper.schema === null && rules.shaper.sampled < SAMPLE_RECORDS)
      sampleRecord(letter.record, rules.shaper);
  }
  // Of a stream that has had no row yet these are the first.
  if (rules.shaper.schema === null && rules.shaper.sampled > 0) rules.shaper.settle();
  for await (const { entry, letter } of findLetters(letters, { state: 'waiting' }, { entries: found.reverse() })) {
    if (entry.state !== 'waiting') continue;
    tally.letters++;
    if (!letter.whole) {
      tally.partial++;
      continue;
    }
    const row = readRow(letter.record, rules);
    if (row instanceof Rejected) tally.refuse(row);
    else yield { entry, row, size: letter.bytes };
  }
}

function schemaOf({ shaper }: RowRules): StreamSchema {
  if (shaper.schema === null) throw new TypeError('a row without a schema');
  return shaper.schema;
}

/** Returns how many rows there were: letters may have been let go, or become rows, since they were read. */
async function append(parts: ReplayParts, ready: readonly Ready[]): Promise<number> {
  const { stream, epoch, clock, limits, letters, watermarkUs, tail } = parts;
  await parts.room();
  await letters.room();
  parts.checkOpen();
  const step = ready.filter(({ entry }) => entry.state === 'waiting' && letters.index.get(entry.id) === entry);
  if (step.length === 0) return 0;
  const base = Math.max(tail() ?? 0, letters.replayedTo(epoch));
  letters.beginReplay(
    epoch,
    base,
    step.map(({ entry }) => entry),
  );
  await letters.sync();
  try {
    parts.checkOpen();
  } catch (error) {
    letters.endReplay(epoch, base);
    throw error;
  }
  const batcher = new Batcher({ stream, epoch, clock, limits, watermarkUs, emit: parts.append });
  batcher.open(REPLAY_PARTITION, base);
  for (const [place, { row, schema, size }] of step.entries())
    batcher.append(REPLAY_PARTITION, base + place, row, schema, size);
  batcher.sealAll();
  batcher.discard();
  await parts.kept();
  letters.endReplay(epoch, base + step.length);
  return step.length;
}

class Tally {
  letters = 0;
  rows = 0;
  partial = 0;
  readonly #refused = new Map<string, { kind: string; reason: string; count: number }>();

  refuse({ kind, reason }: Rejected): void {
    const known = this.#refused.get(kind);
    if (known === undefined) this.#refused.set(kind, { kind, reason, count: 1 });
    else known.count++;
  }

  result(): ReplayResult {
    const refused = [...this.#refused.values()].sort((a, b) => b.count - a.count);
    return { letters: this.letters, rows: this.rows, partial: this.partial, refused };
  }
}
