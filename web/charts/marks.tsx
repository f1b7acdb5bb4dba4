import { createMemo, Index, type JSX } from 'solid-js';
import { formatMoment, type Zone } from '../format-time.ts';
import type { Mark } from '../panels/board-context.ts';
import type { Extent } from './extent.ts';

/** Where the plot lies in its chart, CSS pixels. */
export interface PlotBox {
  readonly left: number;
  readonly width: number;
  readonly top: number;
  readonly height: number;
}

/** More than this in view hide each other: the newest are those that matter. */
const MOST = 60;

/** A button above each moment worth knowing: its text stands beside it while it is pointed at or focused. */
export function Marks(props: {
  readonly marks: readonly Mark[];
  readonly extent: Extent;
  readonly box: PlotBox;
  readonly zone: Zone;
  readonly nowMs: () => number;
}): JSX.Element {
  const inView = createMemo(() => {
    const { fromS, toS } = props.extent;
    if (props.box.width === 0) return [];
    return props.marks
      .filter(({ fromUs, untilUs }) => (untilUs ?? fromUs) / 1e6 >= fromS && fromUs / 1e6 <= toS)
      .slice(-MOST);
  });
  const share = ({ fromUs }: Mark) => {
    const { fromS, toS } = props.extent;
    return Math.max(0, (fromUs / 1e6 - fromS) / (toS - fromS));
  };
  const times = ({ fromUs, untilUs }: Mark) => {
    const from = formatMoment(fromUs / 1000, props.nowMs(), props.zone);
    return untilUs === null ? from : `${from} – ${formatMoment(untilUs / 1000, props.nowMs(), props.zone)}`;
  };
  return (
    <div class="marks">
      <Index each={inView()}>
        {(mark) => (
          <button
            type="button"
            class="mark"
            data-tone={mark().tone ?? undefined}
            data-side={share(mark()) > 0.6 ? 'left' : undefined}
            aria-label={`${times(mark())}: ${mark().text}`}
            style={{ transform: `translateX(${Math.round(props.box.left + share(mark()) * props.box.width)}px)` }}
          >
            <span class="mark-text" aria-hidden="true">
              <span>{times(mark())}</span>
              {mark().text}
            </span>
          </button>
        )}
      </Index>
    </div>
  );
}
