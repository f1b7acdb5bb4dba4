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
  const isMeant = testOf(filter);
  return [...letters.index.values()].filter(isMeant).reverse();
}

/** The same; others get their turn in between. */
export async function matchingInTurns(letters: DeadLetters, filter: LetterFilter): Promise<LetterEntry[]> {
  const isMeant = testOf(filter);
  const found: LetterEntry[] = [];
  const turns = new Turns();
  for (const entry of letters.index.values()) {
    if (isMeant(entry)) found.push(entry);
    if (turns.isOver(LOOK_COST)) await turns.next();
  }
  return found.reverse();
}

function testOf(filter: LetterFilter): (entry: LetterEntry) => boolean {
  const { kind, field, partition, sinceMs, untilMs, state = 'waiting' } = filter;
  const ids = filter.ids === undefined ? null : new Set(filter.ids);
  return (entry) =>
    isIn(entry.state, state) &&
    (ids === null || ids.has(entry.id)) &&
    (kind === undefined || entry.kind === kind) &&
    (field === undefined || entry.field === field) &&
    (partition === undefined || entry.partition === partition) &&
    (sinceMs === undefined || entry.atMs >= sinceMs) &&
    (untilMs === undefined || entry.atMs < untilMs);
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
  { entries, startOnly = false }: FindOptions = {},
): AsyncGenerator<{ readonly entry: LetterEntry; readonly letter: DeadLetter }> {
  const text = filter.text === '' ? undefined : filter.text?.toLowerCase();
  const turns = new Turns();
  for (const entry of entries ?? (await matchingInTurns(letters, filter))) {
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
/** Of looking at an entry. */
const LOOK_COST = 100;
/** Of a value, searched at once. */
const PIECE_BYTES = 2 ** 18;

/** What takes long lets others have their turn after so many bytes. */
class Turns {
  #bytes = 0;

  /** Is it time for `next`? */
  isOver(bytes: number): boolean {
    this.#bytes += bytes;
    return this.#bytes > TURN_BYTES;
  }

  async next(): Promise<void> {
    this.#bytes = 0;
    await new Promise((resolve) => setImmediate(resolve));
  }

  async take(bytes: number): Promise<void> {
    if (this.isOver(bytes)) await this.next();
  }
}

/** As `groupsOf`; others get their turn in between. */
export async function groupsInTurns(entries: readonly LetterEntry[]): Promise<LetterGroup[]> {
  const groups = new LetterGroups();
  const turns = new Turns();
  for (const entry of entries) {
    groups.add(entry);
    if (turns.isOver(LOOK_COST)) await turns.next();
  }
  return groups.sorted();
}

export function groupsOf(entries: readonly LetterEntry[]): LetterGroup[] {
  const groups = new LetterGroups();
  for (const entry of entries) groups.add(entry);
  return groups.sorted();
}

class LetterGroups {
  readonly #byKind = new Map<string, { -readonly [Name in keyof LetterGroup]: LetterGroup[Name] }>();

  add({ kind, field, atMs }: LetterEntry): void {
    const group = this.#byKind.get(kind);
    if (group === undefined) this.#byKind.set(kind, { kind, field, count: 1, newestMs: atMs, oldestMs: atMs });
    else {
      group.count++;
      group.newestMs = Math.max(group.newestMs, atMs);
      group.oldestMs = Math.min(group.oldestMs, atMs);
    }
  }

  sorted(): LetterGroup[] {
    return [...this.#byKind.values()].sort((a, b) => b.count - a.count || b.newestMs - a.newestMs);
  }
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
