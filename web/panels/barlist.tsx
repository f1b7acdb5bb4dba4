import { createMemo, Index, type JSX, Show } from 'solid-js';
import type { BarlistPanel } from '../../contract/spec/panel.ts';
import { formatValue } from '../format.ts';
import { useBoard } from './board-context.ts';
import { funnel } from './funnel.ts';
import type { KindProps } from './kind-props.ts';
import { BAR_ROW_REM } from './panel-request.ts';
import { thresholdPassed } from './thresholds.ts';

/** One bar per value, as many as fit; a list with a declared order is a funnel and says where it loses most. */
export function Barlist(props: KindProps<BarlistPanel, 'fold'>): JSX.Element {
  const board = useBoard();
  const rem = () => 16 * board.ink().scale;
  const narrow = () => props.room.width < 23 * rem();
  const total = () => props.picture.rows.length + props.picture.rest.keys;
  const steps = createMemo(() => (props.panel.order ? funnel(props.picture.rows) : null));
  const fits = createMemo(() => {
    const whole = Math.max(1, Math.floor((props.room.height - 0.25 * rem()) / (BAR_ROW_REM * rem())));
    const noteRows = steps() ? (narrow() ? 2 : 1) : total() > whole ? 1 : 0;
    return Math.max(1, whole - noteRows);
  });
  const rows = createMemo(() => props.picture.rows.slice(0, fits()));
  const largest = createMemo(() => Math.max(0, ...props.picture.rows.map(({ value }) => value ?? 0)));
  // A few bars spread over the room there is; many stand as close as they may.
  const rowRem = () => {
    const note = steps() ? (narrow() ? 2.75 : 1.625) : hidden() > 0 ? 1.625 : 0;
    const room = props.room.height / rem() - 0.25 - note;
    return Math.min(2, Math.max(BAR_ROW_REM, room / Math.max(1, rows().length)));
  };
  const hidden = () => total() - rows().length;
  const format = (value: number | null) =>
    formatValue(value, { unit: props.panel.unit, decimals: props.panel.decimals }).text;
  const color = (key: string) => {
    const order = board.seriesColumns.get(props.panel.label);
    if (order) return `var(--series-${board.colors.slot(props.panel.label, key, order) + 1})`;
    return props.panel.warnBelow !== undefined || props.panel.alarmBelow !== undefined
      ? 'var(--series-8)'
      : 'var(--series-1)';
  };
  return (
    <>
      <ul class="bars" style={{ '--bar-row': `${rowRem()}rem` }}>
        <Index each={rows()}>
          {(row) => (
            <li
              data-key={row().key}
              data-value={row().value ?? ''}
              data-alarm={thresholdPassed(row().value, props.panel)?.level}
              style={{ '--bar': thresholdPassed(row().value, props.panel) ? undefined : color(row().key) }}
            >
              <span class="key" title={row().key}>
                {row().key === '' ? '(empty)' : row().key}
              </span>
              <span class="track">
                <span class="fill" style={{ display: 'block', width: `${share(row().value, largest())}%` }} />
              </span>
              <span class="amount">{format(row().value)}</span>
            </li>
          )}
        </Index>
      </ul>
      <Show when={steps()}>
        {(now) => (
          <p class="funnel-note" classList={{ narrow: narrow() }}>
            <span>
              {now().first} → {now().last} <b>{format100(now().kept)}</b>
            </span>
            <Show when={now().worst}>
              {(worst) => (
                <span>
                  biggest loss {worst().from} → {worst().to} <b class="loss">{format100(worst().lost)}</b>
                </span>
              )}
            </Show>
          </p>
        )}
      </Show>
      <Show when={!steps() && hidden() > 0}>
        <p class="panel-note">
          + {hidden()} more
          <Show when={props.picture.rest.value !== null && rows().length === props.picture.rows.length}>
            {' '}
            · {format(props.picture.rest.value)}
          </Show>
        </p>
      </Show>
    </>
  );
}

/** Percent of the longest bar; a value above 0 is always seen. */
function share(value: number | null, largest: number): number {
  if (value === null || value <= 0 || largest <= 0) return 0;
  return Math.max(0.8, (value / largest) * 100);
}

function format100(part: number): string {
  return formatValue(part, { unit: 'percentunit', decimals: part >= 0.1 ? 0 : 1 }).text;
}
