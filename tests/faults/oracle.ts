import { createHash } from 'node:crypto';
import type { Loss } from '../../contract/worker-api.ts';
import { type History, keyOf, type Written } from './history.ts';

/**
 * One judge for every fault. It compares what the producers know they wrote with what each tab holds when all is quiet.
 *
 *     L  every acknowledged record is there, or a loss was told that covers it; and no loss is told that is none
 *     D  no (partition, offset) twice; no (producer, seq) more often than it was sent
 *     O  positions never move back; along the offsets of a partition each producer's seqs rise
 *     A  nothing of an aborted transaction, and nothing nobody wrote
 *     P  all tabs hold the same rows
 *     R  the relay's memory stays within its bound
 *     T  every tab goes on once the fault is over
 */
export const LETTERS = ['L', 'D', 'O', 'A', 'P', 'R', 'T'] as const;
export type Letter = (typeof LETTERS)[number];

export interface HeldRow {
  readonly partition: number;
  readonly offset: number;
  readonly producer: string;
  readonly seq: number;
}

/** A position as a tab told it at some moment. */
export interface PositionSample {
  readonly epoch: string;
  readonly next: Readonly<Record<string, number>>;
}

export interface TabReport {
  readonly name: string;
  readonly rows: readonly HeldRow[];
  readonly losses: readonly Loss[];
  /** In the order they were seen. Of one life of the tab each: a tab that was opened again may begin anew. */
  readonly lives: readonly (readonly PositionSample[])[];
}

export interface Evidence {
  readonly history: History;
  readonly tabs: readonly TabReport[];
  /** The largest the relay was seen with; null: not measured. */
  readonly relayRssBytes: number | null;
  /** Of each tab that had to recover: how long it took, null when it did not. */
  readonly recoveries: readonly { readonly tab: string; readonly ms: number | null }[];
}

export interface Rules {
  /** Records that may be missing, if a loss that covers them is told. Left out: none may, and none may be told. */
  readonly mayMiss?: (written: Written) => boolean;
  /** A loss may be told although nothing is missing in the end. */
  readonly mayTell?: boolean;
  /** Rows of a source that delivers again what was not acknowledged in time may be there so often. Default: as sent. */
  readonly timesPerAttempt?: number;
  readonly maxRelayRssBytes: number;
  /** Tabs that ask for less than everything: what they hold must be right, and need not be all. */
  readonly partial?: (tab: string) => boolean;
}

export interface Violation {
  readonly letter: Letter;
  readonly text: string;
}

const SHOWN = 5;

export function judge(evidence: Evidence, rules: Rules): Violation[] {
  const found: Violation[] = [];
  for (const tab of evidence.tabs) {
    const say = (letter: Letter) => (text: string) => found.push({ letter, text: `${tab.name}: ${text}` });
    if (!rules.partial?.(tab.name)) judgeLosses(tab, evidence.history, rules, say('L'));
    judgeDuplicates(tab, evidence.history, rules, say('D'));
    judgeOrder(tab, evidence.history, rules, say('O'));
    judgeOrigin(tab, evidence.history, say('A'));
  }
  judgeEquality(
    evidence.tabs.filter(({ name }) => !rules.partial?.(name)),
    (text) => found.push({ letter: 'P', text }),
  );
  const { relayRssBytes: rss } = evidence;
  if (rss !== null && rss > rules.maxRelayRssBytes)
    found.push({ letter: 'R', text: `the relay held ${mb(rss)}, its bound here is ${mb(rules.maxRelayRssBytes)}` });
  for (const { tab, ms } of evidence.recoveries)
    if (ms === null) found.push({ letter: 'T', text: `${tab}: did not go on after the fault was over` });
  return found;
}

type Say = (text: string) => void;

function judgeLosses(tab: TabReport, history: History, { mayMiss, mayTell }: Rules, say: Say): void {
  const held = new Set(tab.rows.map(({ producer, seq }) => keyOf(producer, seq)));
  const missing = history.records.filter(
    ({ producer, seq, fate }) => fate === 'acknowledged' && !held.has(keyOf(producer, seq)),
  );
  const unexpected = missing.filter((written) => !mayMiss?.(written));
  if (unexpected.length > 0) say(`${unexpected.length} acknowledged records are missing, such as ${shown(unexpected)}`);
  const told = tab.losses.reduce(
    (sum, { kind, missing: count }) => sum + (kind === 'reset' || count === null ? Number.POSITIVE_INFINITY : count),
    0,
  );
  if (missing.length > told) say(`${missing.length} records are missing, and losses of ${told} were told`);
  if (!mayMiss && !mayTell && tab.losses.length > 0)
    say(
      `a loss was told where there is none: ${tab.losses.map(({ kind, reason }) => `${kind}, ${reason}`).join('; ')}`,
    );
}

function judgeDuplicates(tab: TabReport, history: History, { timesPerAttempt = 1 }: Rules, say: Say): void {
  const places = new Set<string>();
  const twice: HeldRow[] = [];
  const times = new Map<string, number>();
  for (const row of tab.rows) {
    const place = `${row.partition}:${row.offset}`;
    if (places.has(place)) twice.push(row);
    places.add(place);
    const key = keyOf(row.producer, row.seq);
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  if (twice.length > 0) say(`${twice.length} offsets are there twice, such as ${shown(twice)}`);
  const often = [...times].filter(([key, count]) => {
    const [producer = '', seq] = key.split(':');
    const written = history.find(producer, Number(seq));
    return written !== undefined && count > written.attempts * timesPerAttempt;
  });
  if (often.length > 0)
    say(
      `${often.length} records are there more often than they were sent, such as ${often.slice(0, SHOWN).join('; ')}`,
    );
}

function judgeOrder(tab: TabReport, history: History, { timesPerAttempt = 1 }: Rules, say: Say): void {
  for (const samples of tab.lives) {
    let last: PositionSample | null = null;
    for (const sample of samples) {
      if (last?.epoch === sample.epoch)
        for (const [partition, next] of Object.entries(sample.next))
          if (next < (last.next[partition] ?? 0))
            say(`its position in partition ${partition} moved back from ${last.next[partition]} to ${next}`);
      last = sample;
    }
  }
  const rows = tab.rows.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset);
  const newest = new Map<string, number>();
  const backwards: HeldRow[] = [];
  const seen = new Set<string>();
  for (const row of rows) {
    const content = keyOf(row.producer, row.seq);
    if (timesPerAttempt > 1 && seen.has(content)) continue;
    seen.add(content);
    // What was sent again may stand again, behind what came after it.
    if ((history.find(row.producer, row.seq)?.attempts ?? 1) > 1) continue;
    const key = keyOf(row.producer, row.partition);
    if (row.seq <= (newest.get(key) ?? -1)) backwards.push(row);
    newest.set(key, row.seq);
  }
  if (backwards.length > 0) say(`${backwards.length} records stand before older ones, such as ${shown(backwards)}`);
}

function judgeOrigin(tab: TabReport, history: History, say: Say): void {
  const foreign = tab.rows.filter(({ producer, seq }) => {
    const written = history.find(producer, seq);
    return written === undefined || written.fate === 'aborted';
  });
  if (foreign.length > 0)
    say(`${foreign.length} rows are of aborted transactions or of nobody, such as ${shown(foreign)}`);
}

function judgeEquality(tabs: readonly TabReport[], say: Say): void {
  const sums = tabs.map((tab) => ({ name: tab.name, sum: checksum(tab.rows), rows: tab.rows.length }));
  const [first] = sums;
  const other = sums.find(({ sum }) => sum !== first?.sum);
  if (first && other)
    say(`${first.name} and ${other.name} do not hold the same rows: ${first.rows} and ${other.rows} of them`);
}

/** Of the rows as a set: the order in which a tab gives them says nothing. */
export function checksum(rows: readonly HeldRow[]): string {
  const lines = rows.map(({ partition, offset, producer, seq }) => `${partition} ${offset} ${producer} ${seq}`);
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex').slice(0, 16);
}

function shown(records: readonly { readonly producer: string; readonly seq: number }[]): string {
  return records
    .slice(0, SHOWN)
    .map((record) => `${record.producer} ${record.seq}${'offset' in record ? ` at ${record.offset}` : ''}`)
    .join(', ');
}

function mb(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
