import type { z } from 'zod';
import { type Board, BoardFileSchema } from './board.ts';
import { checkBoard } from './check-board.ts';
import { checkPlaylists } from './check-playlists.ts';
import { checkUses } from './check-uses.ts';
import { checkFrom, checkWindow, rootStream } from './check-window.ts';
import { type Config, ConfigSchema } from './config.ts';
import type { StreamSpec } from './stream.ts';
import { parseWindow, type Window, type WindowSpec } from './window.ts';
import { namesOf, objectOf, type Path, type Problem, YamlFile } from './yaml-file.ts';

export type { Problem };

/**
 * Files a user writes (YAML, of which JSON is a part) → checked values, or every problem in them at once.
 *
 *     text ─▶ yaml ─▶ schema ─▶ little languages (windows, selects) ─▶ references ─▶ value | problems
 */
export interface LoadedConfig {
  /** Its windows have what their streams decide written out: `dedup.within`. */
  readonly config: Config;
  readonly windows: Readonly<Record<string, Window>>;
  readonly lines: WindowLines;
  /** Where each stream stands. */
  readonly streamLines: Readonly<Record<string, number>>;
  readonly playlistProblems: PlaylistProblems;
}

/** What is wrong with the playlists, when there are these boards. */
export type PlaylistProblems = (boards: readonly string[]) => Problem[];

/** Where each window of a file stands. */
export type WindowLines = Readonly<Record<string, number>>;

/** What a board's panels may refer to. */
export interface Known {
  /** Names, or the streams themselves, which say what the board's windows leave out. */
  readonly streams: readonly string[] | Readonly<Record<string, Pick<StreamSpec, 'time'>>>;
  readonly windows: Readonly<Record<string, WindowSpec>>;
  /** Names of all boards, for links from one to another; left out: not judged. */
  readonly boards?: readonly string[];
}

/** What is wrong with a stream as it is written, by whoever knows sources; `path` is left out where it is their URL. */
export type CheckSource = (
  source: string,
  stream: Readonly<Record<string, unknown>>,
) => readonly { readonly path?: Path; readonly found: string; readonly expected: string }[];

/** With problems come the boards the text names, for whoever can tell whether they are there. */
export function loadConfig(
  text: string,
  checkSource: CheckSource = () => [],
): LoadedConfig | { problems: Problem[]; boards: string[]; playlistProblems: PlaylistProblems } {
  const file = new YamlFile(text);
  const config = file.read(ConfigSchema);
  const plain = file.plain<Partial<Config>>();
  const raw = config ?? plain;
  const streams = namesOf(raw.streams);
  if (config !== null && streams.length === 0)
    file.report(['streams'], 'no stream', 'at least one, such as events: { source: kafka://localhost:9092/events }');
  for (const [index, name] of streams.entries()) {
    const same = streams.slice(0, index).find((other) => sameTable(other, name));
    if (same !== undefined)
      file.report(
        ['streams', name],
        `a stream named as ${same} (line ${file.lineOf(['streams', same])}) but for its case`,
        'another name: both are tables',
      );
    // As it is written: what is left out is not there.
    const written = objectOf(plain.streams?.[name]);
    const { source } = written;
    if (typeof source !== 'string') continue;
    for (const { path = ['source'], found, expected } of checkSource(source, written))
      file.report(['streams', name, ...path], found, expected);
    checkUses(source, written, ['streams', name], file.report);
  }
  checkWindows(objectOf(raw.windows), streams, {}, file);
  const playlistProblems: PlaylistProblems = (boards) =>
    file.collect(() => checkPlaylists(objectOf(raw.playlists), boards, file.report));
  if (config === null || file.problems.length > 0)
    return {
      playlistProblems,
      problems: file.sorted(),
      boards: [raw.boards ?? []].flat().filter((board) => typeof board === 'string'),
    };
  const windows = completed(config.windows, config.streams, {});
  return {
    config: { ...config, windows },
    windows: parsed(windows),
    lines: linesOf(file, 'windows', windows),
    streamLines: linesOf(file, 'streams', config.streams),
    playlistProblems,
  };
}

export function loadBoard(text: string, known: Known): { board: Board; lines: WindowLines } | { problems: Problem[] } {
  const file = new YamlFile(text);
  const read = file.read(BoardFileSchema);
  const board = read === null ? null : withoutSchema(read);
  const raw = board ?? file.plain<Partial<Board>>();
  const streams = Array.isArray(known.streams) ? known.streams : Object.keys(known.streams);
  checkWindows(objectOf(raw.windows), streams, known.windows, file);
  if (board !== null) {
    const windows = { ...known.windows, ...board.windows };
    checkBoard(board, { streams, windows, boards: known.boards }, file.report);
  }
  if (board === null || file.problems.length > 0) return { problems: file.sorted() };
  const lines = linesOf(file, 'windows', board.windows ?? {});
  if (board.windows === undefined || Array.isArray(known.streams)) return { board, lines };
  const specs = known.streams as Readonly<Record<string, Pick<StreamSpec, 'time'>>>;
  return { board: { ...board, windows: completed(board.windows, specs, known.windows) }, lines };
}

function withoutSchema({ $schema: _, ...board }: z.output<typeof BoardFileSchema>): Board {
  return board;
}

function linesOf(
  file: YamlFile,
  under: 'windows' | 'streams',
  named: Readonly<Record<string, unknown>>,
): Record<string, number> {
  return Object.fromEntries(Object.keys(named).map((name) => [name, file.lineOf([under, name])]));
}

/** `highwater.yaml:12:5 windows.x.window: found "tumble(1x)", expected tumble(1m)`. */
export function formatProblem(file: string, problem: Problem): string {
  const { line, column, path, found, expected } = problem;
  return `${file}:${line}:${column} ${path === '' ? '' : `${path}: `}found ${found}, expected ${expected}`;
}

function checkWindows(
  windows: Readonly<Record<string, unknown>>,
  streams: readonly string[],
  known: Readonly<Record<string, unknown>>,
  { report, lineOf }: Pick<YamlFile, 'report' | 'lineOf'>,
): void {
  for (const [index, [name, spec]] of Object.entries(windows).entries()) {
    const path = ['windows', name];
    checkFrom(name, { ...known, ...windows }, streams, (found, expected) => report([...path, 'from'], found, expected));
    checkWindow(spec, path, report);
    const stream = streams.find((other) => sameTable(other, name));
    if (stream !== undefined) report(path, `a window named as the stream ${stream}`, 'another name: both are tables');
    const same = Object.keys(windows)
      .slice(0, index)
      .find((other) => sameTable(other, name));
    if (same !== undefined)
      report(
        path,
        `a window named as ${same} (line ${lineOf(['windows', same])}) but for its case`,
        'another name: both are tables',
      );
  }
}

/** Names that differ in case alone are one name to the database. */
export const sameTable = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

/** Windows with what their streams decide written out. */
function completed(
  windows: Readonly<Record<string, WindowSpec>>,
  streams: Readonly<Record<string, Pick<StreamSpec, 'time'>>>,
  known: Readonly<Record<string, WindowSpec>>,
): Record<string, WindowSpec> {
  const all = { ...known, ...windows };
  return Object.fromEntries(
    Object.entries(windows).map(([name, spec]) => {
      const stream = streams[rootStream(spec.from, all)];
      if (spec.dedup === undefined || spec.dedup.within !== undefined || stream === undefined) return [name, spec];
      return [name, { ...spec, dedup: { ...spec.dedup, within: stream.time.delay } }];
    }),
  );
}

function parsed(windows: Readonly<Record<string, WindowSpec>>): Record<string, Window> {
  const out: Record<string, Window> = {};
  for (const [name, spec] of Object.entries(windows)) {
    const result = parseWindow(spec);
    if ('window' in result) out[name] = result.window;
  }
  return out;
}
