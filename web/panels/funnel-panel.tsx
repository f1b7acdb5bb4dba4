import { createMemo, type JSX, Show } from 'solid-js';
import type { FunnelPanel } from '../../contract/spec/panel.ts';
import { BarRows } from './bar-rows.tsx';
import { useBoard } from './board-context.ts';
import { fitBars } from './fit-bars.ts';
import { funnel } from './funnel.ts';
import { FunnelNote, partText } from './funnel-note.tsx';
import type { KindProps } from './kind-props.ts';
import { shownValue } from './shown-value.ts';

/** Steps in their order: what is left at each, what part of the step before that is, and where most is lost. */
export function FunnelSteps(props: KindProps<FunnelPanel, 'fold'>): JSX.Element {
  const board = useBoard();
  const rem = () => 16 * board.ink().scale;
  const narrow = () => props.room.width < 23 * rem();
  const whole = createMemo(() => funnel(props.picture.rows));
  const noteLines = () => (whole() === null ? 0 : narrow() ? 2 : 1);
  const fitted = createMemo(() => fitBars(props.room, rem(), props.picture.rows.length, noteLines()));
  const hidden = () => props.picture.rows.length - fitted().rows;
  const largest = createMemo(() => Math.max(0, ...props.picture.rows.map(({ value }) => value ?? 0)));
  const bars = createMemo(() => {
    const { rows } = props.picture;
    const order = board.seriesColumns.get(props.panel.label) ?? props.panel.steps;
    return rows.slice(0, fitted().rows).map(({ key, value }, at) => {
      const shown = shownValue(value, props.panel);
      const before = rows[at - 1]?.value;
      return {
        key,
        value,
        text: shown.text,
        color: shown.color ?? `var(--series-${board.colors.slot(props.panel.label, key, order) + 1})`,
        extra: at === 0 ? '100 %' : before && value !== null ? partText(value / before) : '—',
      };
    });
  });
  return (
    <>
      <BarRows
        rows={bars()}
        largest={largest()}
        rowRem={fitted().rowRem}
        column={props.panel.label}
        link={props.panel.link}
      />
      <Show when={whole()}>{(now) => <FunnelNote funnel={now()} narrow={narrow()} />}</Show>
      <Show when={hidden() > 0}>
        <p class="panel-note">+ {hidden()} more steps</p>
      </Show>
    </>
  );
}
