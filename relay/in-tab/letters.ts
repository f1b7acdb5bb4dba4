import type { InTabLetters } from '../../contract/in-tab.ts';
import type { DeadLetters } from '../dead-letters/dead-letters.ts';
import { findLetters, groupsOf, matching } from '../dead-letters/search.ts';
import { letterLine, showLetter } from '../dead-letters/show.ts';

/** What of given files could not become rows: no address of a relay leads to them. */
export interface LettersOfFile {
  readonly name: string;
  readonly deadLetters: DeadLetters;
}

const LISTED = 100;

export async function shownLetters(files: readonly LettersOfFile[]): Promise<InTabLetters> {
  const streams: InTabLetters['streams'][number][] = [];
  for (const { name, deadLetters } of files) {
    const { count, letGo } = deadLetters;
    if (count === 0) continue;
    const entries = matching(deadLetters, {});
    const letters = [];
    for await (const { entry, letter } of findLetters(
      deadLetters,
      {},
      { entries: entries.slice(0, LISTED), startOnly: true },
    ))
      letters.push(showLetter(entry, letter));
    streams.push({ name, count, letGo, groups: groupsOf(entries), letters });
  }
  return { streams };
}

export async function lineBlob(files: readonly LettersOfFile[]): Promise<Blob> {
  const lines: string[] = [];
  for (const { name, deadLetters } of files)
    for await (const { entry, letter } of findLetters(deadLetters, {})) lines.push(...letterLine(name, entry, letter));
  return new Blob(lines, { type: 'application/x-ndjson' });
}
