import type { Table } from './feed.ts';
import type { KeptWindow } from './kept-window.ts';
import type { WindowPlan } from './plan.ts';

/**
 * Another whenever a picture that ends at a time could be another: it stays as it is while only later panes change, the
 * watermark moves on beyond it, or other windows come and go.
 */
export function revisionOf({ plan, feed, groupings }: KeptWindow, untilUs: number): string {
  let endUs = untilUs;
  let changes = '';
  for (const { rows } of groupings) {
    endUs = Math.max(endUs, rows.newest(untilUs - 1)?.endUs ?? endUs);
    changes += ` ${numberOf(rows.table)}:${rows.table.changes.latestBefore(endUs)}`;
  }
  const watermarkUs = Math.min(feed.watermarkUs ?? Number.NEGATIVE_INFINITY, endUs);
  return `${meaningOf(plan)}${changes} ${watermarkUs}`;
}

const numbers = new WeakMap<Table, number>();
let made = 0;

/** Tables are told apart: one that is made anew begins its revisions again. */
function numberOf(table: Table): number {
  let number = numbers.get(table);
  if (number === undefined) {
    number = made++;
    numbers.set(table, number);
  }
  return number;
}

const meanings = new WeakMap<WindowPlan, number>();
/** Numbers of windows that differ, by what they are: filters bring ever new ones, and forgotten ones get another number. */
const numbered = new Map<string, number>();
const MAX_NUMBERED = 5_000;
let meant = 0;

/** Equal for plans of the same window: the same tables may be read in another way. */
function meaningOf(plan: WindowPlan): number {
  let meaning = meanings.get(plan);
  if (meaning === undefined) {
    const text = JSON.stringify([plan.name, plan.window, plan.byTypes]);
    meaning = numbered.get(text) ?? meant++;
    if (numbered.size >= MAX_NUMBERED) numbered.clear();
    numbered.set(text, meaning);
    meanings.set(plan, meaning);
  }
  return meaning;
}
