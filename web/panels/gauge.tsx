import { createEffect, createMemo, Index, type JSX, Show } from 'solid-js';
import type { GaugePanel } from '../../contract/spec/panel.ts';
import { formatTick } from '../format.ts';
import { useBoard } from './board-context.ts';
import { arcPath, DIAL, dialType, gaugeZones, placeOn } from './gauge-arc.ts';
import type { KindProps } from './kind-props.ts';
import { shownValue } from './shown-value.ts';

/** Of the line of words below the dial. */
const FOOT_REM = 1.25;

/** One number on a dial, with the zones its limits make; a number beyond the dial is said to be so. */
export function Gauge(props: KindProps<GaugePanel, 'fold'>): JSX.Element {
  const board = useBoard();
  const value = () => props.picture.rows[0]?.value ?? null;
  const shown = createMemo(() => shownValue(value(), props.panel), undefined, {
    equals: (a, b) => a.text === b.text && a.color === b.color && a.passed?.word === b.passed?.word,
  });
  createEffect(() => props.onAlarm(shown().passed));
  const zones = createMemo(() => gaugeZones(props.panel));
  const end = (at: number) => formatTick(at, props.panel.max - props.panel.min, { unit: props.panel.unit });
  const beyond = () => {
    const now = value();
    if (now === null) return null;
    if (now > props.panel.max) return `beyond the dial’s ${end(props.panel.max)}`;
    return now < props.panel.min ? `below the dial’s ${end(props.panel.min)}` : null;
  };
  const place = () => placeOn(props.panel, value() ?? props.panel.min);
  const words = () => [beyond(), shown().passed?.word, ...props.state.age].filter(Boolean).join(' · ');
  const summary = () =>
    [`${props.panel.title}: ${shown().text}, from ${end(props.panel.min)} to ${end(props.panel.max)}`, words()]
      .filter(Boolean)
      .join(', ');
  const ends = createMemo((): [string, string] => [end(props.panel.min), end(props.panel.max)]);
  const type = createMemo(() => {
    const { font, scale } = board.ink();
    const room = { width: props.room.width, height: props.room.height - FOOT_REM * 16 * scale };
    return dialType(room, Number.parseFloat(font), ends(), shown().value, shown().suffix);
  });
  return (
    <div class="gauge" data-value={value() ?? ''} style={{ '--bar': shown().color ?? 'var(--series-1)' }}>
      <svg viewBox={`${DIAL.left} ${DIAL.top} ${DIAL.width} ${type().high}`} role="img" aria-label={summary()}>
        <Index each={zones()}>
          {(zone) => (
            <path class="zone" d={arcPath(92, zone().from, zone().to)} style={{ stroke: `var(--${zone().color})` }} />
          )}
        </Index>
        <path class="ground" d={arcPath(79, 0, 1)} />
        <path class="value" d={arcPath(79, 0, 1)} pathLength="1" stroke-dasharray={`${place()} 2`} />
        <Index each={ends()}>
          {(text, at) => (
            <text class="end" x={type().endsX[at]} y={type().endsY} style={{ 'font-size': `${type().end}px` }}>
              {text()}
            </text>
          )}
        </Index>
        <text class="figure" x="100" y="112" style={{ 'font-size': `${type().figure}px` }}>
          {shown().value}
          <Show when={shown().suffix}>
            <tspan class="unit" dx="4" style={{ 'font-size': `${type().unit}px` }}>
              {shown().suffix}
            </tspan>
          </Show>
        </text>
      </svg>
      <p class="gauge-foot" title={words()}>
        {words()}
      </p>
    </div>
  );
}
