import { createEffect, createMemo, Index, type JSX, Show } from 'solid-js';
import type { GaugePanel } from '../../contract/spec/panel.ts';
import { formatTick } from '../format.ts';
import { arcPath, gaugeZones, placeOn } from './gauge-arc.ts';
import type { KindProps } from './kind-props.ts';
import { shownValue } from './shown-value.ts';

/** One number on a dial, with the zones its limits make; a number beyond the dial is said to be so. */
export function Gauge(props: KindProps<GaugePanel, 'fold'>): JSX.Element {
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
  const letters = () => shown().value.length + shown().suffix.length * 0.55;
  return (
    <div class="gauge" data-value={value() ?? ''} style={{ '--bar': shown().color ?? 'var(--series-1)' }}>
      <svg viewBox="4 6 192 152" role="img" aria-label={summary()}>
        <Index each={zones()}>
          {(zone) => (
            <path class="zone" d={arcPath(92, zone().from, zone().to)} style={{ stroke: `var(--${zone().color})` }} />
          )}
        </Index>
        <path class="ground" d={arcPath(79, 0, 1)} />
        <path class="value" d={arcPath(79, 0, 1)} pathLength="1" stroke-dasharray={`${place()} 2`} />
        <text class="end" x="32" y="155">
          {end(props.panel.min)}
        </text>
        <text class="end" x="168" y="155">
          {end(props.panel.max)}
        </text>
        <text class="figure" x="100" y="112" style={{ 'font-size': `${Math.min(38, 190 / Math.max(1, letters()))}px` }}>
          {shown().value}
          <Show when={shown().suffix}>
            <tspan class="unit" dx="4">
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
