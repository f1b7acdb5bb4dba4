import type { Cell } from './column.ts';

/** The database's order of two values of one type: NaN after all numbers, texts by code point. */
export function compareCells(left: Exclude<Cell, null>, right: Exclude<Cell, null>): number {
  if (typeof left === 'string' && typeof right === 'string') return compareTexts(left, right);
  if (left < right) return -1;
  if (left > right) return 1;
  return (Number.isNaN(left) ? 1 : 0) - (Number.isNaN(right) ? 1 : 0);
}

/** JavaScript compares UTF-16 units, which puts U+E000–U+FFFF after the characters beyond them. */
function compareTexts(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const a = left.charCodeAt(at);
    const b = right.charCodeAt(at);
    if (a === b) continue;
    if (a >= 0xd800 && b >= 0xd800) return codePointRank(a) - codePointRank(b);
    return a - b;
  }
  return left.length - right.length;
}

function codePointRank(unit: number): number {
  return unit <= 0xdfff ? unit + 0x10000 : unit;
}
