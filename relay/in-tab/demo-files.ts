import type { DemoName } from '../../contract/demos.ts';
import type { Board, Playlist } from '../../contract/spec/board.ts';
import type { Config } from '../../contract/spec/config.ts';
import { formatProblem, loadBoard, loadConfig, type Problem } from '../../contract/spec/load.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import { fits } from '../boards/fits.ts';

/** The demos' files are part of the page, each loaded when it is asked for. */
const FILES = import.meta.glob<string>('../../boards/*.yaml', { query: '?raw', import: 'default' });

export interface DemoFiles {
  readonly streams: Config['streams'];
  /** All, the boards' own among them. */
  readonly windows: Readonly<Record<string, WindowSpec>>;
  readonly boards: Readonly<Record<string, Board>>;
  readonly playlists: Readonly<Record<string, Playlist>>;
}

/** A demo's configuration and the boards it names, checked as the relay checks them. Rejects with every problem. */
export async function loadDemo(name: DemoName): Promise<DemoFiles> {
  const written = name === 'all' ? 'demo.yaml' : `demo-${name}.yaml`;
  const config = loadConfig(await textOf(written));
  if ('problems' in config) throw new Error(said(`boards/${written}`, config.problems));
  const { streams, windows, playlists, boards: patterns = [] } = config.config;
  const boards: Record<string, Board> = {};
  const names = [patterns].flat().map(baseName);
  const files = Object.keys(FILES).map(baseName);
  for (const file of files.filter((name) => names.some((pattern) => fits(pattern, name)))) {
    const loaded = loadBoard(await textOf(file), { streams, windows });
    if ('problems' in loaded) throw new Error(said(`boards/${file}`, loaded.problems));
    boards[file.replace(/\.yaml$/, '')] = loaded.board;
  }
  const ofBoards = Object.values(boards).map((board) => board.windows);
  return { streams, boards, windows: Object.assign({}, windows, ...ofBoards), playlists };
}

async function textOf(file: string): Promise<string> {
  const load = FILES[`../../boards/${file}`];
  if (load === undefined) throw new Error(`there is no boards/${file}`);
  return load();
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function said(file: string, problems: readonly Problem[]): string {
  return problems.map((problem) => formatProblem(file, problem)).join('\n');
}
