import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Board } from '../../contract/spec/board.ts';
import type { Config } from '../../contract/spec/config.ts';
import { formatProblem, loadBoard, type WindowLines } from '../../contract/spec/load.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import type { FileProblem } from '../../contract/worker-api.ts';
import { readText } from '../read-text.ts';
import { boardName, matching, shownPath } from './find-boards.ts';

/** Which boards there are, and what they may refer to. */
export interface BoardsOf {
  readonly patterns: readonly string[];
  readonly baseDir: string;
  /** Where the patterns are written: the configuration and its key, or an option of the command line. */
  readonly namedIn: { readonly file: string; readonly key: string };
  readonly streams: Config['streams'];
  /** Of the configuration, and where each stands: `highwater.yaml:12`. */
  readonly windows: Readonly<Record<string, WindowSpec>>;
  readonly places: Readonly<Record<string, string>>;
}

/** A board that was good when it was read. */
export interface GoodBoard {
  readonly name: string;
  readonly board: Board;
  readonly lines: WindowLines;
  /** That it was found by. */
  readonly pattern: string;
}

/** By file, in the order of the patterns, those of one pattern in that of their names. (B3) */
export type GoodBoards = ReadonlyMap<string, GoodBoard>;

export interface ReadBoards {
  readonly found: GoodBoards;
  readonly problems: readonly FileProblem[];
}

/** A file as it is now: a board, or what is wrong with it. */
interface Candidate {
  readonly file: string;
  /** As problems name it; a pattern that finds nothing is told where it is written. */
  readonly shown: string;
  readonly good: GoodBoard | null;
  readonly lines: string[];
}

/**
 * Reads the boards of these patterns. What is wrong with one of them is told, and what was read the last time, `before`,
 * stands in for it.
 */
export async function readBoards(of: BoardsOf, before: GoodBoards = new Map()): Promise<ReadBoards> {
  const candidates = await allCandidates(of, before);
  const claimed = new Claimed(of);
  // A name or window that two have stays with the one that had it.
  for (const { file, good, lines } of candidates) {
    const last = before.get(file);
    if (last === undefined) continue;
    claimed.name(file);
    if (good !== null && !isSame(good, last)) continue;
    // The configuration may have come to claim one of its windows.
    if (good !== null) lines.push(...claimed.conflicts(file, last));
    claimed.take(file, last);
  }
  for (const { file, good } of candidates) if (good !== null) claimed.name(file);
  for (const { file, good, lines } of candidates) {
    if (good === null || claimed.boards.has(file)) continue;
    lines.push(...claimed.conflicts(file, good));
    const last = before.get(file);
    if (lines.length === 0) claimed.take(file, good);
    else if (last !== undefined && claimed.conflicts(file, last).length === 0) claimed.take(file, last);
  }
  const found = new Map<string, GoodBoard>();
  for (const { file } of candidates) {
    const good = claimed.boards.get(file);
    if (good !== undefined) found.set(file, good);
  }
  const problems = candidates
    .filter(({ lines }) => lines.length > 0)
    .map(({ file, shown, lines }) => ({ file: shown, board: file === '' ? null : boardName(file), lines }));
  return { found, problems };
}

export function boardsByName(found: GoodBoards): Record<string, Board> {
  return Object.fromEntries([...found.values()].map(({ name, board }) => [name, board]));
}

/** Names of the boards these patterns find. */
export async function boardNames(of: Pick<BoardsOf, 'patterns' | 'baseDir'>): Promise<string[]> {
  return namesOf(await allMatching(of));
}

export function noBoard({ namedIn, baseDir }: Pick<BoardsOf, 'namedIn' | 'baseDir'>, pattern: string): string {
  return `${keyOf(namedIn)}: found no file ${pattern} in ${baseDir}, expected a board file`;
}

function keyOf({ file, key }: BoardsOf['namedIn']): string {
  return key === '' ? file : `${file} ${key}`;
}

async function allCandidates(of: BoardsOf, before: GoodBoards): Promise<Candidate[]> {
  const files = await allMatching(of);
  const boards = namesOf(files);
  const candidates: Candidate[] = [];
  // One that several patterns fit stands where the first of them is.
  const isNew = (file: string) => candidates.every((other) => other.file !== file);
  for (const { pattern, matches } of files) {
    for (const file of matches) if (isNew(file)) candidates.push(await candidateOf(file, pattern, of, boards));
    if (matches.length > 0) continue;
    candidates.push({ file: '', shown: of.namedIn.file, good: null, lines: [noBoard(of, pattern)] });
    for (const [file, good] of before)
      if (good.pattern === pattern && isNew(file)) candidates.push({ file, shown: shownPath(file), good, lines: [] });
  }
  return candidates;
}

async function candidateOf(file: string, pattern: string, of: BoardsOf, boards: readonly string[]): Promise<Candidate> {
  const shown = shownPath(file);
  const failed = (...lines: string[]): Candidate => ({ file, shown, good: null, lines });
  const read = await readOrTell(file);
  if (read === 'folder')
    return failed(
      `${keyOf(of.namedIn)}: found the folder ${pattern}, expected files such as ${join(pattern, '*.yaml')}`,
    );
  if ('told' in read) return failed(read.told);
  const loaded = loadBoard(read.text, { streams: of.streams, windows: of.windows, boards });
  if ('problems' in loaded) return failed(...loaded.problems.map((problem) => formatProblem(shown, problem)));
  return { file, shown, good: { name: boardName(file), pattern, ...loaded }, lines: [] };
}

/** Names of boards and windows, each of one file. */
class Claimed {
  readonly boards = new Map<string, GoodBoard>();
  readonly #names = new Map<string, string>();
  /** By name in small letters: those that differ in case alone are one table. */
  readonly #tables: Map<string, string>;

  constructor({ windows, places }: BoardsOf) {
    this.#tables = new Map(Object.keys(windows).map((name) => [name.toLowerCase(), `${places[name]} ${name}`]));
  }

  /** The board of its name is the first file's that asks. */
  name(file: string): void {
    const name = boardName(file);
    if (!this.#names.has(name)) this.#names.set(name, file);
  }

  /** What of this board is another's already: its name, its windows. */
  conflicts(file: string, { name, lines }: GoodBoard): string[] {
    const shown = shownPath(file);
    const same = this.#names.get(name) ?? file;
    const told =
      same === file
        ? []
        : [`${shown}: found a board named ${name}, as ${shownPath(same)} is, expected files of different names`];
    for (const [window, line] of Object.entries(lines)) {
      const owner = this.#tables.get(window.toLowerCase());
      if (owner !== undefined)
        told.push(`${shown}:${line} windows.${window}: found a window that is there (${owner}), expected another name`);
    }
    return told;
  }

  take(file: string, good: GoodBoard): void {
    this.boards.set(file, good);
    for (const [window, line] of Object.entries(good.lines))
      this.#tables.set(window.toLowerCase(), `${shownPath(file)}:${line} ${window}`);
  }
}

function isSame(one: GoodBoard, other: GoodBoard): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

type Matched = readonly { readonly pattern: string; readonly matches: readonly string[] }[];

function allMatching({ patterns, baseDir }: Pick<BoardsOf, 'patterns' | 'baseDir'>): Promise<Matched> {
  return Promise.all(patterns.map(async (pattern) => ({ pattern, matches: await matching(baseDir, pattern) })));
}

function namesOf(files: Matched): string[] {
  return [...new Set(files.flatMap(({ matches }) => matches.map(boardName)))];
}

/** What these patterns find, with the text of each: the same for as long as nothing is changed. */
export async function textsOf(of: Pick<BoardsOf, 'patterns' | 'baseDir'>): Promise<string> {
  const files = await allMatching(of);
  const read = files.flatMap(({ matches }) => matches.map(async (file) => [file, await readOrTell(file)]));
  return JSON.stringify([files, await Promise.all(read)]);
}

/** Its text, that it is a folder, or why it cannot be read. */
async function readOrTell(file: string): Promise<'folder' | { text: string } | { told: string }> {
  const isFolder = await stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return 'folder';
  return readText(file).then(
    (text) => ({ text }),
    (error: Error) => ({ told: error.message }),
  );
}
