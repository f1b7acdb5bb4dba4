import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { HighwaterError } from '../contract/errors.ts';
import type { Board } from '../contract/spec/board.ts';
import { type Config, ConfigSchema } from '../contract/spec/config.ts';
import { formatProblem, loadBoard, loadConfig, type WindowLines } from '../contract/spec/load.ts';
import type { WindowSpec } from '../contract/spec/window.ts';
import { checkSourceAt } from './sources/check-source.ts';

/** A configuration ready to run. */
export interface RunConfig {
  readonly streams: Config['streams'];
  readonly windows: Readonly<Record<string, WindowSpec>>;
  /** null: made from the streams' fields. */
  readonly boards: Readonly<Record<string, Board>> | null;
  /** What relative `file:` paths start from. */
  readonly baseDir: string;
}

/** Reads a configuration and the boards it names. Throws `config_invalid` with every problem in all of them. */
export async function readConfig(path: string): Promise<RunConfig> {
  const text = await readText(path);
  const baseDir = dirname(resolve(path));
  const loaded = loadConfig(text, checkSourceAt({ baseDir, env: process.env }));
  if ('problems' in loaded) {
    const problems = loaded.problems.map((problem) => formatProblem(path, problem));
    for (const pattern of loaded.boards)
      if ((await matching(baseDir, pattern)).length === 0) problems.push(noBoard(path, baseDir, pattern));
    throw invalid(problems);
  }
  const { streams, windows, boards } = loaded.config;
  if (boards === undefined) return { streams, windows, boards: null, baseDir };

  const read = await readBoards([boards].flat(), { path, baseDir, streams, windows, lines: loaded.lines });
  return { streams, windows, boards: read, baseDir };
}

interface BoardsOf extends Pick<Config, 'streams' | 'windows'> {
  /** Of the configuration. */
  readonly path: string;
  readonly baseDir: string;
  readonly lines: WindowLines;
}

/** The boards of these patterns by the names of their files, in that order. */
async function readBoards(
  patterns: readonly string[],
  { path, baseDir, streams, windows, lines }: BoardsOf,
): Promise<Record<string, Board>> {
  const problems: string[] = [];
  const found = new Map<string, { readonly file: string; readonly board: Board }>();
  // By name in small letters: those that differ in case alone are one table.
  const tables = new Map(Object.keys(windows).map((name) => [name.toLowerCase(), `${path}:${lines[name]} ${name}`]));
  const seen = new Set<string>();
  for (const pattern of patterns) {
    const files = await matching(baseDir, pattern);
    if (files.length === 0) problems.push(noBoard(path, baseDir, pattern));
    // One that several patterns fit stands where the first of them is.
    for (const file of files.filter((other) => !seen.has(other))) {
      seen.add(file);
      const name = basename(file, extname(file));
      if ((await stat(file)).isDirectory()) {
        problems.push(`${path} boards: found the folder ${pattern}, expected files such as ${join(pattern, '*.yaml')}`);
        continue;
      }
      const loaded = loadBoard(await readText(file), { streams, windows });
      if ('problems' in loaded) {
        problems.push(...loaded.problems.map((problem) => formatProblem(file, problem)));
        continue;
      }
      const same = found.get(name);
      if (same !== undefined)
        problems.push(`${file}: found a board named ${name}, as ${same.file} is, expected files of different names`);
      found.set(name, { file, board: loaded.board });
      for (const [window, line] of Object.entries(loaded.lines)) {
        const owner = tables.get(window.toLowerCase());
        if (owner !== undefined)
          problems.push(
            `${file}:${line} windows.${window}: found a window that is there (${owner}), expected another name`,
          );
        else tables.set(window.toLowerCase(), `${file}:${line} ${window}`);
      }
    }
  }
  if (problems.length > 0) throw invalid(problems);
  return Object.fromEntries([...found].map(([name, { board }]) => [name, board]));
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
  return { streams: parsed.data.streams, windows: {}, boards: null, baseDir };
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

function noBoard(path: string, baseDir: string, pattern: string): string {
  return `${path} boards: found no file ${pattern} in ${baseDir}, expected a board file`;
}

function invalid(problems: readonly string[]): HighwaterError {
  const [first] = problems;
  const message = problems.length === 1 ? String(first) : `${problems.length} problems:\n  ${problems.join('\n  ')}`;
  return new HighwaterError('config_invalid', message, 'correct what is named and start again');
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not read it',
};

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = UNREADABLE[code ?? ''] ?? message;
    throw new HighwaterError(
      'file_unreadable',
      `${path} cannot be read: ${why}`,
      'check the path; it starts at the working directory',
      { cause },
    );
  }
}

/** Files of one folder whose name fits; `*` stands for any part of a name. */
async function matching(baseDir: string, pattern: string): Promise<string[]> {
  const folder = resolve(baseDir, dirname(pattern));
  const escaped = basename(pattern).replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  const name = new RegExp(`^${escaped.replaceAll('*', '.*')}$`);
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((entry) => name.test(entry))
    .sort()
    .map((entry) => join(folder, entry));
}
