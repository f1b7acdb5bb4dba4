import { dirname, resolve } from 'node:path';
import { HighwaterError } from '../contract/errors.ts';
import type { Board, Playlist } from '../contract/spec/board.ts';
import { type Config, ConfigSchema } from '../contract/spec/config.ts';
import { formatProblem, type LoadedConfig, loadConfig, type PlaylistProblems } from '../contract/spec/load.ts';
import type { WindowSpec } from '../contract/spec/window.ts';
import { matching } from './boards/find-boards.ts';
import {
  type BoardsOf,
  boardNames,
  boardsByName,
  type GoodBoards,
  noBoard,
  type ReadBoards,
  readBoards,
} from './boards/read-boards.ts';
import { readText } from './read-text.ts';
import { checkSourceAt } from './sources/check-source.ts';

/** A configuration ready to run. */
export interface RunConfig {
  readonly streams: Config['streams'];
  readonly windows: Readonly<Record<string, WindowSpec>>;
  /** null: made from the streams' fields. */
  readonly boards: Readonly<Record<string, Board>> | null;
  readonly playlists: Readonly<Record<string, Playlist>>;
  /** What relative `file:` paths start from. */
  readonly baseDir: string;
  readonly files: RunFiles;
}

/** What a configuration was read from, for whoever reads it again. */
export interface RunFiles {
  /** null: there is none, the command line says it all. */
  readonly config: { readonly path: string; readonly text: string } | null;
  readonly declared: Declared;
  /** `--boards`, from the working directory; null: not given. */
  readonly patterns: readonly string[] | null;
  readonly found: GoodBoards;
}

/** What a configuration says of boards. */
export interface Declared extends Pick<RunConfig, 'windows' | 'playlists'> {
  readonly places: BoardsOf['places'];
  /** null: boards are made. */
  readonly patterns: readonly string[] | null;
  readonly playlistProblems: PlaylistProblems;
}

/** Reads a configuration and the boards it names. Throws `config_invalid` with every problem in all of them. */
export async function readConfig(path: string): Promise<RunConfig> {
  const text = await readText(path);
  const baseDir = dirname(resolve(path));
  const loaded = loadAt(path, text);
  if ('problems' in loaded) {
    const problems = loaded.problems.map((problem) => formatProblem(path, problem));
    for (const pattern of loaded.boards)
      if ((await matching(baseDir, pattern)).length === 0)
        problems.push(noBoard({ namedIn: namedIn(path), baseDir }, pattern));
    throw invalid(problems);
  }
  const { streams, windows, playlists } = loaded.config;
  const declared = declaredBy(path, loaded);
  const boardsOf = boardsIn(declared, { path, streams, patterns: null });
  const read = boardsOf === null ? null : await readBoards(boardsOf);
  const names = boardsOf === null ? Object.keys(streams) : await boardNames(boardsOf);
  const problems = linesOf(read);
  for (const problem of declared.playlistProblems(names)) problems.push(formatProblem(path, problem));
  if (problems.length > 0) throw invalid(problems);
  const found: GoodBoards = read?.found ?? new Map();
  const files: RunFiles = { config: { path, text }, declared, patterns: null, found };
  return { streams, windows, boards: read && boardsByName(found), playlists, baseDir, files };
}

/** A configuration's text, judged for this machine. */
export function loadAt(path: string, text: string): ReturnType<typeof loadConfig> {
  return loadConfig(text, checkSourceAt({ baseDir: dirname(resolve(path)), env: process.env }));
}

export function declaredBy(path: string, { config, lines, playlistProblems }: LoadedConfig): Declared {
  const { windows, boards, playlists } = config;
  const places = Object.fromEntries(Object.entries(lines).map(([name, line]) => [name, `${path}:${line}`]));
  return { windows, playlists, places, patterns: boards === undefined ? null : [boards].flat(), playlistProblems };
}

/** The boards to read: of the command line, else of the configuration; null: they are made. */
export function boardsIn(
  { windows, places, patterns }: Pick<Declared, 'windows' | 'places' | 'patterns'>,
  of: { readonly path: string | null; readonly streams: RunConfig['streams']; readonly patterns: RunFiles['patterns'] },
): BoardsOf | null {
  const { path, streams } = of;
  if (of.patterns !== null)
    return { ...{ windows, places, streams }, patterns: of.patterns, baseDir: process.cwd(), namedIn: ON_COMMAND_LINE };
  if (patterns === null || path === null) return null;
  return { ...{ windows, places, streams, patterns }, baseDir: dirname(resolve(path)), namedIn: namedIn(path) };
}

const ON_COMMAND_LINE = { file: '--boards', key: '' };

function namedIn(path: string): BoardsOf['namedIn'] {
  return { file: path, key: 'boards' };
}

/** With the boards of `--boards` instead of its own. Throws `config_invalid` with every problem in them. */
export async function withBoards(config: RunConfig, patterns: readonly string[]): Promise<RunConfig> {
  const { streams, files } = config;
  const boardsOf = boardsIn(files.declared, { path: null, streams, patterns });
  if (boardsOf === null) return config;
  const read = await readBoards(boardsOf);
  const problems = linesOf(read);
  if (problems.length > 0) throw invalid(problems);
  const { found } = read;
  return { ...config, boards: boardsByName(found), playlists: {}, files: { ...files, patterns, found } };
}

const NOTHING: Declared = { windows: {}, playlists: {}, places: {}, patterns: null, playlistProblems: () => [] };

function linesOf(read: ReadBoards | null): string[] {
  return (read?.problems ?? []).flatMap(({ lines }) => lines);
}

/**
 * Reads a configuration for its streams' shape and its windows: sources are not judged, boards not looked for. Throws
 * `config_invalid` with every problem in it.
 */
export async function readSpec(path: string): Promise<{ readonly config: Config; readonly text: string }> {
  const text = await readText(path).catch((error: unknown) => {
    if (!(error instanceof HighwaterError)) throw error;
    throw new HighwaterError('config_invalid', error.message, error.fix, { cause: error });
  });
  const loaded = loadConfig(text);
  if ('problems' in loaded) throw invalid(loaded.problems.map((problem) => formatProblem(path, problem)));
  return { config: loaded.config, text };
}

/** A configuration of one stream, from the command line. */
export function singleStream(
  name: string,
  spec: Readonly<Record<string, unknown>> & { readonly source: string },
): RunConfig {
  const baseDir = process.cwd();
  const problems = checkSourceAt({ baseDir, env: process.env })(spec.source, spec);
  if (problems.length > 0)
    throw invalid(
      problems.map(({ path = [], found, expected }) => {
        const flag = FLAGS[path.join('.')];
        return `${flag === undefined ? '' : `${flag}: `}found ${found}, expected ${expected}`;
      }),
    );
  const parsed = ConfigSchema.safeParse({ streams: { [name]: spec } });
  if (!parsed.success)
    throw invalid(parsed.error.issues.map((issue) => `${issue.path.slice(2).join('.')}: ${issue.message}`));
  return {
    streams: parsed.data.streams,
    ...{ windows: {}, boards: null, playlists: {}, baseDir },
    files: { config: null, declared: NOTHING, patterns: null, found: new Map() },
  };
}

/** Where on the command line a part of a stream's spec stands. */
const FLAGS: Readonly<Record<string, string>> = {
  'security.tls.ca': '--kafka-ca',
  'security.sasl.password': '--kafka-user',
};

/** A stream's name from its topic or file: letters, digits and _. `line/#` → `line`. */
export function streamName(text: string): string {
  const name = text.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_+|_+$/g, '');
  return name === '' ? 'events' : name.replace(/^(?=\d)/, '_');
}

function invalid(problems: readonly string[]): HighwaterError {
  const [first] = problems;
  const message = problems.length === 1 ? String(first) : `${problems.length} problems:\n  ${problems.join('\n  ')}`;
  return new HighwaterError('config_invalid', message, 'correct what is named and start again');
}
