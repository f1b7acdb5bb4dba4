import { basename, dirname, resolve } from 'node:path';
import { formatProblem } from '../../contract/spec/load.ts';
import type { FileProblem } from '../../contract/worker-api.ts';
import { boardsIn, type Declared, declaredBy, loadAt, type RunConfig } from '../config.ts';
import { readText } from '../read-text.ts';
import { folderOf } from './find-boards.ts';
import { fits } from './fits.ts';
import { keptWindows, overStreams } from './kept-windows.ts';
import { type BoardsOf, boardNames, boardsByName, type GoodBoards, readBoards, textsOf } from './read-boards.ts';
import type { Shown } from './shown.ts';

/**
 * The files behind what is shown, read again and again. What is wrong with one of them is told, and what it was when it was
 * last good stays. Streams are as they were at the start.
 */
export class BoardFiles {
  readonly #started: RunConfig;
  /** The configuration's text when it was last read. */
  #text: string | null;
  /** Of the last text that was good. */
  #declared: Declared;
  /** What is wrong with the text. */
  #wrong: readonly string[] = [];
  #found: GoodBoards;
  /** All that was judged the last time. */
  #texts: string | null = null;
  #last: Shown;

  constructor(started: RunConfig) {
    const { files, boards, windows, playlists } = started;
    this.#started = started;
    this.#text = files.config?.text ?? null;
    this.#declared = files.declared;
    this.#found = files.found;
    this.#last = { boards, windows, playlists, problems: [] };
  }

  /** What tabs are shown since the last reading. */
  get last(): Shown {
    return this.#last;
  }

  /** A file that cannot be read is a problem, as others are. */
  async read(): Promise<Shown> {
    await this.#readConfig();
    const of = this.#boardsOf();
    // Judging them takes longer than reading them, and mostly nothing has changed.
    const texts = JSON.stringify([this.#text, of === null ? null : await textsOf(of)]);
    if (texts === this.#texts) return this.#last;
    const read = of === null ? null : await readBoards(of, this.#found);
    this.#found = read?.found ?? new Map();
    const boards = read === null ? null : boardsByName(this.#found);
    const names = of === null ? Object.keys(this.#started.streams) : await boardNames(of);
    const playlists = this.#playlists([...names, ...Object.keys(boards ?? {})]);
    const windows = { ...keptWindows(boards ?? {}, this.#declared.windows, this.#last), ...this.#declared.windows };
    const problems = [...this.#configProblem(playlists.lines), ...(read?.problems ?? [])];
    this.#last = { boards, windows, playlists: playlists.playlists, problems: byFile(problems) };
    this.#texts = texts;
    return this.#last;
  }

  /** Folders the files are in, and which names in each of them matter. */
  watched(): Map<string, (name: string) => boolean> {
    const of = this.#boardsOf();
    const tests: { readonly folder: string; readonly fits: (name: string) => boolean }[] = [];
    const path = this.#started.files.config?.path;
    if (path !== undefined) tests.push({ folder: dirname(resolve(path)), fits: (name) => name === basename(path) });
    for (const pattern of of?.patterns ?? [])
      tests.push({ folder: folderOf(of?.baseDir ?? '', pattern), fits: (name) => fits(basename(pattern), name) });
    return new Map(
      tests.map(({ folder }) => [
        folder,
        (name: string) => tests.some((test) => test.folder === folder && test.fits(name)),
      ]),
    );
  }

  #boardsOf(): BoardsOf | null {
    const { streams, files } = this.#started;
    return boardsIn(this.#declared, { path: files.config?.path ?? null, streams, patterns: files.patterns });
  }

  async #readConfig(): Promise<void> {
    const { files, streams } = this.#started;
    if (files.config === null) return;
    const { path } = files.config;
    const text = await readText(path).catch((error: Error) => error);
    if (text instanceof Error) {
      this.#text = null;
      this.#wrong = [text.message];
      return;
    }
    if (text === this.#text) return;
    this.#text = text;
    const loaded = loadAt(path, text);
    if ('problems' in loaded) {
      this.#wrong = loaded.problems.map((problem) => formatProblem(path, problem));
      return;
    }
    this.#wrong = [...restartLines(path, streams, loaded.config.streams, loaded.streamLines)];
    const declared = declaredBy(path, loaded);
    this.#declared = { ...declared, windows: overStreams(declared.windows, Object.keys(streams)) };
  }

  /** Those that are good as a whole, else those that were. Boards of the command line have none. */
  #playlists(boards: readonly string[]): { readonly playlists: Shown['playlists']; readonly lines: string[] } {
    const { config, patterns } = this.#started.files;
    if (config === null || patterns !== null) return { playlists: this.#last.playlists, lines: [] };
    const lines = this.#declared.playlistProblems(boards).map((problem) => formatProblem(config.path, problem));
    return { playlists: lines.length === 0 ? this.#declared.playlists : this.#last.playlists, lines };
  }

  #configProblem(more: readonly string[]): FileProblem[] {
    const { config } = this.#started.files;
    const lines = [...this.#wrong, ...more];
    return config === null || lines.length === 0 ? [] : [{ file: config.path, board: null, lines }];
  }
}

/** What only a restart takes up. */
function* restartLines(
  path: string,
  running: RunConfig['streams'],
  now: RunConfig['streams'],
  lines: Readonly<Record<string, number>>,
): Iterable<string> {
  const expected = 'expected a restart of the relay, which takes it up';
  for (const [name, spec] of Object.entries(now)) {
    const at = `${path}:${lines[name]} streams.${name}`;
    if (!Object.hasOwn(running, name)) yield `${at}: found a new stream, ${expected}`;
    else if (JSON.stringify(running[name]) !== JSON.stringify(spec)) yield `${at}: found a changed stream, ${expected}`;
  }
  for (const name of Object.keys(running))
    if (!Object.hasOwn(now, name))
      yield `${path} streams: found no ${name}, which is being read, expected a restart of the relay, which leaves it`;
}

/** One problem a file. */
function byFile(problems: readonly FileProblem[]): FileProblem[] {
  const files = new Map<string, FileProblem>();
  for (const problem of problems) {
    const { file, lines } = problem;
    files.set(file, { ...problem, lines: [...(files.get(file)?.lines ?? []), ...lines] });
  }
  return [...files.values()];
}
