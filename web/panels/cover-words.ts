import type { PictureTime, Span, TimeView } from '../../contract/worker-api.ts';
import { formatMoment, formatStretch, type Zone } from '../format-time.ts';
import { durationWords, newestWords } from './window-words.ts';

/** What a number covers. */
export interface Cover {
  /** Said first where there is room. */
  readonly last?: string;
  readonly text: string;
}

export interface CoverInput {
  /** Event time folded; null: the newest window alone. */
  readonly over: Span | null;
  /** It is as much as is in view. */
  readonly isRange: boolean;
  readonly windowSizeUs: number;
  readonly view: TimeView;
  readonly picture: Pick<PictureTime, 'fromUs' | 'untilUs'>;
  readonly nowMs: number;
  readonly zone: Zone;
}

/** `last 15 min`, `newest 5 min`, `all kept`; of a time that is over which one it was: `12:00 – 12:15`, `5 min to 12:15:00`. */
export function coverWords({ over, isRange, windowSizeUs, view, picture, nowMs, zone }: CoverInput): Cover {
  const untilUs = typeof view.until === 'number' ? view.until - view.earlierUs : null;
  const newest = over === null ? newestWords(windowSizeUs) : null;
  if (untilUs !== null) {
    const fromUs = view.fromUs ?? picture.fromUs ?? (view.span === 'all' ? null : untilUs - view.span);
    if (isRange && fromUs !== null) return { text: formatStretch(fromUs / 1000, untilUs / 1000, nowMs, zone) };
    const lengthUs = over ?? windowSizeUs;
    const until = `to ${formatMoment(untilUs / 1000, nowMs, zone)}`;
    return {
      text: typeof lengthUs === 'number' && lengthUs > 0 ? `${durationWords(lengthUs)} ${until}` : `all ${until}`,
    };
  }
  if (newest !== null) return { text: newest };
  if (over === 'all' || over === null) return { text: 'all kept' };
  // What began at a time is not the last so much.
  if (isRange && view.fromUs !== undefined) return { text: `since ${formatMoment(view.fromUs / 1000, nowMs, zone)}` };
  return { last: 'last ', text: durationWords(over) };
}
