import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join, relative, resolve } from 'node:path';
import { fits } from './fits.ts';

/** Files of one folder whose name fits. */
export async function matching(baseDir: string, pattern: string): Promise<string[]> {
  const folder = folderOf(baseDir, pattern);
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((entry) => fits(basename(pattern), entry))
    .sort()
    .map((entry) => join(folder, entry));
}

export function folderOf(baseDir: string, pattern: string): string {
  return resolve(baseDir, dirname(pattern));
}

/** `boards/shop.yaml` → `shop`. */
export function boardName(file: string): string {
  return basename(file, extname(file));
}

/** A path as it is told: from the working directory, where it is below it. */
export function shownPath(file: string): string {
  const path = relative(process.cwd(), file);
  return path === '' || path.startsWith('..') || isAbsolute(path) ? file : path;
}
