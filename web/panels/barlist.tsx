import { createMemo, type JSX, Show } from 'solid-js';
import type { BarlistPanel } from '../../contract/spec/panel.ts';
import { BarRows } from './bar-rows.tsx';
import { useBoard } from './board-context.ts';
import { NO_VALUE } from './choice.ts';
import { fitBars } from './fit-bars.ts';
import { funnel } from './funnel.ts';
import { FunnelNote } from './funnel-note.tsx';
import type { KindProps } from './kind-props.ts';
import { shownValue } from './shown-value.ts';

/** One bar per value, as many as fit; a list with a declared order is a funnel and says where it loses most. */
export function Barlist(props: KindProps<BarlistPanel, 'fold'>): JSX.Element {
  const board = useBoard();
  const rem = () => 16 * board.ink().scale;
  const narrow = () => props.room.width < 23 * rem();
  // Nothing of no value is nothing at all.
  const rows = createMemo(() =>
    props.picture.rows.filter(({ key, value }) => key !== NO_VALUE || (value !== null && value !== 0)),
  );
  const total = () => rows().length + props.picture.rest.keys;
  const steps = createMemo(() => (props.panel.order ? funnel(rows()) : null));
  const fitted = createMemo(() => {
    const all = rows().length;
    if (steps()) return fitBars(props.room, rem(), all, narrow() ? 2 : 1);
    const whole = fitBars(props.room, rem(), all, 0);
    return total() > whole.rows ? fitBars(props.room, rem(), all, 1) : whole;
  });
  const hidden = () => total() - fitted().rows;
  const largest = createMemo(() => Math.max(0, ...rows().map(({ value }) => value ?? 0)));
  const color = (key: string) => {
    const order = board.seriesColumns.get(props.panel.label);
    if (order) return `var(--series-${board.colors.slot(props.panel.label, key, order) + 1})`;
    return props.panel.warnBelow !== undefined || props.panel.alarmBelow !== undefined
      ? 'var(--series-8)'
      : 'var(--series-1)';
  };
  const bars = createMemo(() =>
    rows()
      .slice(0, fitted().rows)
      .map(({ key, value }) => {
        const shown = shownValue(value, props.panel);
        return { key, value, text: shown.text, color: shown.color ?? color(key), level: shown.passed?.level };
      }),
  );
  return (
    <>
      <Show when={bars().length > 0} fallback={<p class="empty">None in this time.</p>}>
        <BarRows
          rows={bars()}
          largest={largest()}
          rowRem={fitted().rowRem}
          column={props.panel.label}
          link={props.panel.link}
        />
      </Show>
      <Show when={steps()}>{(now) => <FunnelNote funnel={now()} narrow={narrow()} />}</Show>
      <Show when={!steps() && hidden() > 0}>
        <p class="panel-note">
          + {hidden()} more
          <Show when={props.picture.rest.value !== null && bars().length === rows().length}>
            {' '}
            · {shownValue(props.picture.rest.value, props.panel).text}
          </Show>
        </p>
      </Show>
    </>
  );
}
