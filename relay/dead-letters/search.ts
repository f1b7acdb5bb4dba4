import type { LetterGroup, LetterState } from '../../contract/dead-letters.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { DeadLetter } from './letter.ts';
import { LetterDamaged } from './letter-damaged.ts';
import type { LetterEntry } from './letter-index.ts';

/** Which letters are meant; what is left out does not matter. */
export interface LetterFilter {
  /** Without regard to case: in the reason, the key, the headers or the value. */
  readonly text?: string | undefined;
  readonly kind?: string | undefined;
  readonly field?: string | undefined;
  readonly partition?: number | undefined;
  readonly topic?: string | undefined;
  /** Rejected at or after, and before. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
  readonly ids?: readonly number[] | undefined;
  /** Left out: those that wait. */
  readonly state?: 'waiting' | 'replayed' | 'all' | undefined;
}

/** Newest first, but for those whose text has to be read. */
export function matching(letters: DeadLetters, filter: LetterFilter): LetterEntry[] {
  const { kind, field, partition, sinceMs, untilMs, state = 'waiting' } = filter;
  const ids = filter.ids === undefined ? null : new Set(filter.ids);
  const found: LetterEntry[] = [];
  for (const entry of letters.index.values()) {
    if (!isIn(entry.state, state)) continue;
    if (ids !== null && !ids.has(entry.id)) continue;
    if (kind !== undefined && entry.kind !== kind) continue;
    if (field !== undefined && entry.field !== field) continue;
    if (partition !== undefined && entry.partition !== partition) continue;
    if (sinceMs !== undefined && entry.atMs < sinceMs) continue;
    if (untilMs !== undefined && entry.atMs >= untilMs) continue;
    found.push(entry);
  }
  return found.reverse();
}

export interface FindOptions {
  /** Left out: those that match. */
  readonly entries?: readonly LetterEntry[];
  /** Of values only the start is needed. */
  readonly startOnly?: boolean;
}

/** The letters that a filter means, newest first, read one by one; others get their turn in between. */
export async function* findLetters(
  letters: DeadLetters,
  filter: LetterFilter,
  { entries = matching(letters, filter), startOnly = false }: FindOptions = {},
): AsyncGenerator<{ readonly entry: LetterEntry; readonly letter: DeadLetter }> {
  const text = filter.text === '' ? undefined : filter.text?.toLowerCase();
  const turns = new Turns();
  for (const entry of entries) {
    // Let go, or moved on, since it was listed.
    if (letters.index.get(entry.id) === null || !isIn(entry.state, filter.state ?? 'waiting')) continue;
    const found = readOne(letters, entry, startOnly && text === undefined);
    await turns.take(found.cost + TURN_COST);
    const { letter } = found;
    if (letter === null) continue;
    if (filter.topic !== undefined && letter.record.topic !== filter.topic) continue;
    if (text === undefined || (await holds(letter, text, turns))) yield { entry, letter };
  }
}

/** null: the disk has damaged it, and it has been let go. */
function readOne(
  letters: DeadLetters,
  entry: LetterEntry,
  startOnly: boolean,
): { readonly letter: DeadLetter | null; readonly cost: number } {
  const cost = entry.place.bytes;
  try {
    return startOnly ? letters.readStart(entry) : { letter: letters.read(entry), cost };
  } catch (error) {
    if (error instanceof LetterDamaged) return { letter: null, cost };
    throw error;
  }
}

const TURN_BYTES = 2 ** 20;
const TURN_COST = 1_000;
/** Of a value, searched at once. */
const PIECE_BYTES = 2 ** 18;

/** What takes long lets others have their turn after so many bytes. */
class Turns {
  #bytes = 0;

  async take(bytes: number): Promise<void> {
    this.#bytes += bytes;
    if (this.#bytes <= TURN_BYTES) return;
    this.#bytes = 0;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export function groupsOf(entries: readonly LetterEntry[]): LetterGroup[] {
  const groups = new Map<
    string,
    { kind: string; field: string | null; count: number; newestMs: number; oldestMs: number }
  >();
  for (const { kind, field, atMs } of entries) {
    const group = groups.get(kind);
    if (group === undefined) groups.set(kind, { kind, field, count: 1, newestMs: atMs, oldestMs: atMs });
    else {
      group.count++;
      group.newestMs = Math.max(group.newestMs, atMs);
      group.oldestMs = Math.min(group.oldestMs, atMs);
    }
  }
  return [...groups.values()].sort((a, b) => b.count - a.count || b.newestMs - a.newestMs);
}

async function holds({ reason, record }: DeadLetter, text: string, turns: Turns): Promise<boolean> {
  if (reason.toLowerCase().includes(text) || record.topic.toLowerCase().includes(text)) return true;
  if ((record.headers ?? []).some((header) => header.some((part) => part.toLowerCase().includes(text)))) return true;
  return (await inBytes(record.key, text, turns)) || (await inBytes(record.value, text, turns));
}

async function inBytes(bytes: Uint8Array | null, text: string, turns: Turns): Promise<boolean> {
  if (bytes === null) return false;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // What lies across the end of a piece is in the next one whole.
  const overlap = Buffer.byteLength(text) * 3 + 4;
  for (let at = 0; at < buffer.length; at += PIECE_BYTES) {
    const end = at + PIECE_BYTES + overlap;
    if (buffer.toString('utf8', at, end).toLowerCase().includes(text)) return true;
    await turns.take(PIECE_BYTES);
  }
  return false;
}

function isIn(state: LetterState, wanted: 'waiting' | 'replayed' | 'all'): boolean {
  if (wanted === 'all') return state !== 'dropped';
  return wanted === 'waiting' ? state === 'waiting' || state === 'replaying' : state === 'replayed' || state === 'read';
}
