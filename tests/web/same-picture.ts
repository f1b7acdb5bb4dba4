import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';
import { expect } from 'vitest';

/** Pixels that may differ: another version of the browser smooths the edges of a few letters otherwise. */
const MAX_SHARE = 0.004;

/**
 * Expects a screenshot to be the committed picture at `path`. With `HIGHWATER_PICTURES=1` it is written instead, where it
 * is not the same. What differs is written beside it as `.actual.png` and `.diff.png`, which are not committed.
 */
export function expectPicture(screenshot: Buffer, path: string): void {
  const writes = process.env.HIGHWATER_PICTURES === '1';
  const differing = existsSync(path) ? differenceOf(screenshot, readFileSync(path)) : null;
  if (differing !== null && differing.share <= MAX_SHARE) return;
  if (writes) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, screenshot);
    return;
  }
  if (differing !== null) {
    writeFileSync(path.replace(/\.png$/, '.actual.png'), screenshot);
    if (differing.picture !== null) writeFileSync(path.replace(/\.png$/, '.diff.png'), differing.picture);
  }
  expect.fail(
    `${path} ${differing === null ? 'is not there' : `differs: ${differing.words}`}. Look at it; if it is right, write it with HIGHWATER_PICTURES=1.`,
  );
}

function differenceOf(
  screenshot: Buffer,
  kept: Buffer,
): { readonly share: number; readonly words: string; readonly picture: Buffer | null } {
  const [now, before] = [PNG.sync.read(screenshot), PNG.sync.read(kept)];
  const { width, height } = before;
  if (now.width !== width || now.height !== height)
    return { share: 1, words: `it was ${width} × ${height} and is ${now.width} × ${now.height}`, picture: null };
  const diff = new PNG({ width, height });
  const pixels = pixelmatch(before.data, now.data, diff.data, width, height, { threshold: 0.15 });
  const share = pixels / (width * height);
  return { share, words: `${(100 * share).toFixed(2)} % of its pixels`, picture: PNG.sync.write(diff) };
}
