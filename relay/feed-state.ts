import { HighwaterError } from '../contract/errors.ts';
import type { SourceState } from '../contract/protocol/down.ts';
import { spanText } from './shape/ahead.ts';

/** All that can be said of how a stream is read. */
export interface FeedCondition {
  readonly source: SourceState;
  /** Of the disk. */
  readonly trouble: { readonly message: string; readonly fix: string } | null;
  /** Why there is no log yet. */
  readonly noLog: string | null;
  readonly aheadInARow: number;
  readonly aheadUs: number;
  readonly ignored: { readonly first: string } | null;
}

/** Of it, what matters most. */
export function stateOf({ source, trouble, noLog, aheadInARow, aheadUs, ignored }: FeedCondition): SourceState {
  if (trouble !== null) return { state: 'failed', ...trouble };
  if (noLog !== null) return { state: 'failed', message: noLog, fix: ROOM_FIX };
  if (source.message !== null) return source;
  if (aheadInARow >= MANY_AHEAD)
    return {
      state: source.state,
      message: `the last ${aheadInARow} events are held apart, for they are ahead of this relay's clock, the last of them by ${spanText(aheadUs)}`,
      fix: 'set the clock right, of this relay or of what sends them; or let more in: time: { ahead: 1d }, or any',
    };
  if (ignored === null) return source;
  return {
    state: source.state,
    message: `its records have too many different names: values of new ones, the first being "${shortened(ignored.first)}", are passed over`,
    fix: 'declare the fields you need, or send names that are data as values: [{"key": …, "value": …}]',
  };
}

const ROOM_FIX = 'make room on the disk, or name another folder: --data <folder>; it goes on by itself';

/** So many in a row, and no row beside them, are no device's fault. */
const MANY_AHEAD = 10;

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** An error in the two sentences a person is told. */
export function told(error: unknown): { message: string; fix: string | null } {
  if (error instanceof HighwaterError) return { message: error.message, fix: error.fix };
  return { message: error instanceof Error ? error.message : String(error), fix: null };
}
