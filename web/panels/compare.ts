import { type Accessor, createEffect, createMemo, createSignal, onCleanup } from 'solid-js';
import type { PanelPicture, PanelRequest } from '../../contract/worker-api.ts';
import { useBoard } from './board-context.ts';
import { durationWords } from './window-words.ts';

/** What was so long before, for the board's panels to stand beside what is. */
export interface Compared<Picture> {
  /** Its times are those of then. */
  readonly picture: Picture;
  readonly earlierUs: number;
  /** `yesterday`, `last week`, `2 h before` */
  readonly words: string;
}

/**
 * The picture of the same request, so much event time earlier, changed at most once per animation frame; null while the
 * board is compared with nothing, and until there is one of the kind.
 *
 *     const before = createComparedPicture('fold', () => props.request);
 */
export function createComparedPicture<Kind extends PanelPicture['kind']>(
  kind: Kind,
  request: Accessor<PanelRequest | null>,
): Accessor<Compared<Extract<PanelPicture, { kind: Kind }>> | null> {
  const board = useBoard();
  const newest = board.picture(createMemo(() => earlierRequest(request(), board.compareUs())));
  const [shown, setShown] = createSignal<PanelPicture>();
  const key = {};
  createEffect(() => {
    const picture = newest();
    if (picture) board.frames.schedule(key, () => setShown(picture));
  });
  onCleanup(() => board.frames.cancel(key));
  // A picture of another length of time is no longer what is asked for: the last one stays until then.
  createEffect<number | null>((before) => {
    const now = board.compareUs();
    if (now !== before) {
      board.frames.cancel(key);
      setShown(undefined);
    }
    return now;
  }, board.compareUs());
  return createMemo(() => {
    const earlierUs = board.compareUs();
    const picture = shown();
    if (earlierUs === null || picture?.kind !== kind) return null;
    return { picture: picture as Extract<PanelPicture, { kind: Kind }>, earlierUs, words: earlierWords(earlierUs) };
  });
}

/** Null: nothing is compared, or it is a request that no time is in. */
export function earlierRequest(request: PanelRequest | null, earlierUs: number | null): PanelRequest | null {
  if (request === null || earlierUs === null || request.kind === 'rows') return null;
  return { ...request, view: { ...request.view, earlierUs: request.view.earlierUs + earlierUs } };
}

const DAY_US = 86_400e6;

/** A day on which clocks are changed is an hour or two more or less. */
const CHANGED_US = 2 * 3600e6;

export function earlierWords(us: number): string {
  if (Math.abs(us - DAY_US) <= CHANGED_US) return 'yesterday';
  if (Math.abs(us - 7 * DAY_US) <= CHANGED_US) return 'last week';
  return `${durationWords(us)} before`;
}
