import type { TimeView } from '../../contract/worker-api.ts';
import { type Here, resolveTime } from './resolve.ts';
import { exactlyBeforeUs, parseTime, type TimeText } from './time-text.ts';

/** A stretch of event time as the address writes it, `to` as `now` where it is left out; `all` as `from`: what is kept. */
export interface RangeText {
  readonly from: string;
  readonly to: string;
}

export type Range =
  | { readonly kind: 'all' }
  /** So much, up to now. */
  | { readonly kind: 'last'; readonly spanUs: number }
  | { readonly kind: 'between'; readonly from: TimeText; readonly to: TimeText };

/** What is wrong with what was written, and where. */
export interface RangeProblem {
  readonly field: 'from' | 'to';
  readonly message: string;
}

export type Checked = { readonly range: Range } | { readonly problem: RangeProblem };

const EXAMPLES = 'now-15m, now/d or 2026-11-23 06:00';

export function parseRange({ from, to }: RangeText): Checked {
  const [start, end] = [parseTime(from), parseTime(to)];
  if (end === null) return { problem: { field: 'to', message: notATime(to, 'now, now-1d/d or 2026-11-23 14:00') } };
  if (from.trim() === 'all') {
    if (exactlyBeforeUs(end) === 0) return { range: { kind: 'all' } };
    return { problem: { field: 'to', message: 'all that is kept goes up to now: write now' } };
  }
  if (start === null) return { problem: { field: 'from', message: notATime(from, EXAMPLES) } };
  const beforeUs = exactlyBeforeUs(start);
  if (exactlyBeforeUs(end) === 0 && beforeUs !== null) {
    if (beforeUs > 0) return { range: { kind: 'last', spanUs: beforeUs } };
    return { problem: { field: 'from', message: 'is not before now: write now-15m for the last quarter of an hour' } };
  }
  return { range: { kind: 'between', from: start, to: end } };
}

function notATime(text: string, examples: string): string {
  const bare = /^-?(\d+)\s*(us|ms|[smhdwMQy])$/.exec(text.trim());
  const meant = bare ? `; did you mean now-${bare[1]}${bare[2]}?` : '';
  return `${text.trim() === '' ? 'nothing' : `“${text.trim()}”`} is no time: write ${examples}${meant}`;
}

/** Whether a calendar and the zone's clock are needed to say which moments these are. */
export function needsZone(range: Range): boolean {
  return range.kind === 'between';
}

export interface Between {
  readonly fromUs: number;
  readonly untilUs: number;
  /** It ends where now is, and goes on with it. */
  readonly follows: boolean;
}

/** The moments a range is between; null: all that is kept. */
export function betweenOf(
  range: Range,
  nowUs: number,
  here: Omit<Here, 'nowUs'> | null,
): Between | RangeProblem | null {
  if (range.kind === 'all') return null;
  if (range.kind === 'last') return { fromUs: nowUs - range.spanUs, untilUs: nowUs, follows: true };
  if (here === null) throw new Error('A range by the calendar needs Temporal: see needsZone.');
  const at = { ...here, nowUs };
  let fromUs: number;
  let endUs: number;
  try {
    [fromUs, endUs] = [resolveTime(range.from, at, false), resolveTime(range.to, at, true)];
  } catch (error) {
    if (error instanceof RangeError) return { field: 'from', message: 'is a time that no calendar reaches' };
    throw error;
  }
  // What has not happened yet is not shown: it ends now.
  const follows = range.to.kind === 'relative' && endUs >= nowUs;
  const untilUs = follows ? nowUs : endUs;
  if (fromUs < untilUs) return { fromUs, untilUs, follows };
  return fromUs >= nowUs && follows
    ? { field: 'from', message: 'has not come yet' }
    : { field: 'to', message: 'is not after its beginning' };
}

export function isProblem(found: Between | RangeProblem | null): found is RangeProblem {
  return found !== null && 'message' in found;
}

/** What is asked of the worker for moments: null is all that is kept. */
export function viewOf(range: Range, between: Between | null, until: 'newest' | 'now'): TimeView {
  if (between === null) return { span: 'all', until, earlierUs: 0 };
  if (range.kind === 'last') return { span: range.spanUs, until, earlierUs: 0 };
  const { fromUs, untilUs, follows } = between;
  const span = untilUs - fromUs;
  return follows ? { span, until, earlierUs: 0, fromUs } : { span, until: untilUs, earlierUs: 0 };
}

/** One that follows from a fixed beginning grows; it is asked for anew only when it has grown enough to be drawn otherwise. */
export function isSameView(before: TimeView, after: TimeView): boolean {
  if (before.until !== after.until || before.fromUs !== after.fromUs) return false;
  if (before.span === after.span || before.span === 'all' || after.span === 'all') return before.span === after.span;
  return before.fromUs !== undefined && after.span > before.span && after.span - before.span < after.span / 500;
}
