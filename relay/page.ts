import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { HighwaterError } from '../contract/errors.ts';

/** What the page is built from, in the repository; a relay for files runs in it. */
const SOURCES = ['web', 'worker', 'contract', 'relay', 'public', 'vite.config.ts', 'package-lock.json'];

/** The folder of the built page. Throws `page_not_built` where it is not there. */
export function builtPage(root: string): string {
  const folder = join(root, 'dist');
  if (newestMs(join(folder, 'index.html')) > 0) return folder;
  throw new HighwaterError(
    'page_not_built',
    `the page is not built: ${folder} has no index.html`,
    'start with npm start, or add --build',
  );
}

/** Builds the page where it is older than what it is built from; ends with this process. Throws `page_not_built`. */
export async function buildPage(root: string): Promise<void> {
  const builtMs = newestMs(join(root, 'dist', 'index.html'));
  if (SOURCES.every((source) => newestMs(join(root, source)) <= builtMs)) return;
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: root, stdio: 'inherit' });
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    process.exit(0);
  };
  process.on('SIGTERM', end).on('SIGINT', end);
  const status = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('exit', resolve));
  process.off('SIGTERM', end).off('SIGINT', end);
  if (status === 0) return;
  throw new HighwaterError('page_not_built', 'the page could not be built', 'see above; npm ci brings what is missing');
}

/** When a file, or the newest of a folder's, was changed; 0 when there is none. */
function newestMs(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}
