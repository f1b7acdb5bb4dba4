import { createEffect, createMemo, createSignal, For, Index, type JSX, on, onCleanup, Show } from 'solid-js';
import type { ScatterPanel } from '../../contract/spec/panel.ts';
import { formatValue } from '../format.ts';
import { axisOf } from './axis-of.ts';
import { useBoard } from './board-context.ts';
import { keyText, useChoice } from './choice.ts';
import type { KindProps } from './kind-props.ts';
import { type Dot, dotsOf, nearestDot, radiusOf } from './scatter-dots.ts';

const LEFT_REM = 3.25;
const BELOW_REM = 2.25;
const NOTE_REM = 1.375;
/** Above the plot, for the name of what goes up. */
const ABOVE_REM = 1;
const REACH_PX = 24;
/** Around the plot, so that dots on its edges are whole. */
const PAD_PX = 16;

/** A dot per group at two of its measures; the nearest to the pointer, or the one moved to by arrow keys, says its values. */
export function Scatter(props: KindProps<ScatterPanel, 'groups'>): JSX.Element {
  const board = useBoard();
  const choice = useChoice(() => props.panel.label);
  const [canvas, setCanvas] = createSignal<HTMLCanvasElement>();
  const [pointer, setPointer] = createSignal<{ left: number; top: number } | null>(null);
  const [key, setKey] = createSignal<string | null>(null);
  /** Read aloud: what was moved to, never what comes by itself. */
  const [said, setSaid] = createSignal('');
  const rem = () => 16 * board.ink().scale;
  const found = createMemo(() => dotsOf(props.picture, props.panel));
  const dots = () => found().dots;
  const bySeries = createMemo(() => [...new Set(dots().flatMap(({ series }) => series ?? []))].sort());
  const width = () => Math.max(10, props.room.width - LEFT_REM * rem() - 8);
  const height = () => Math.max(10, props.room.height - (ABOVE_REM + BELOW_REM + NOTE_REM + 0.25) * rem());
  const extent = (of: (dot: Dot) => number) => {
    let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const dot of dots()) [min, max] = [Math.min(min, of(dot)), Math.max(max, of(dot))];
    return [min, max] as const;
  };
  const xAxis = createMemo(() => axisOf(...extent(({ x }) => x), props.panel.xUnit, false));
  const yAxis = createMemo(() => axisOf(...extent(({ y }) => y), props.panel.unit, false));
  const largest = createMemo(() => dots().reduce((most, { size }) => Math.max(most, size ?? 0), 0));
  const left = (value: number) => ((value - xAxis().min) / (xAxis().max - xAxis().min || 1)) * width();
  const top = (value: number) => height() * (1 - (value - yAxis().min) / (yAxis().max - yAxis().min || 1));
  /** Largest radius: many dots are smaller. */
  const most = () =>
    Math.min(14, Math.max(4, Math.sqrt((width() * height()) / Math.max(1, dots().length)) * 0.3)) * board.ink().scale;
  const places = createMemo(() =>
    dots().map(({ x, y, size }) => ({
      left: left(x),
      top: top(y),
      radius: radiusOf(size, largest(), most()),
    })),
  );
  const slot = (series: string | null) =>
    series === null || props.panel.series === undefined
      ? 0
      : board.colors.slot(props.panel.series, series, board.seriesColumns.get(props.panel.series) ?? bySeries());
  const pointed = createMemo(() => {
    const at = pointer();
    if (at !== null) return nearestDot(places(), at.left, at.top, REACH_PX);
    const wanted = key();
    return wanted === null ? -1 : dots().findIndex((dot) => dot.id === wanted);
  });
  createEffect(() => {
    const context = canvas()?.getContext('2d');
    if (!context) return;
    const ink = board.ink();
    const ratio = devicePixelRatio;
    const [wide, high] = [(width() + 2 * PAD_PX) * ratio, (height() + 2 * PAD_PX) * ratio].map(Math.round) as [
      number,
      number,
    ];
    if (context.canvas.width !== wide || context.canvas.height !== high) {
      context.canvas.width = wide;
      context.canvas.height = high;
    }
    context.setTransform(ratio, 0, 0, ratio, PAD_PX * ratio, PAD_PX * ratio);
    context.clearRect(-PAD_PX, -PAD_PX, width() + 2 * PAD_PX, height() + 2 * PAD_PX);
    context.strokeStyle = ink.grid;
    context.lineWidth = 1;
    context.beginPath();
    for (const { at } of yAxis().ticks) {
      context.moveTo(0, Math.round(top(at)) + 0.5);
      context.lineTo(width(), Math.round(top(at)) + 0.5);
    }
    for (const { at } of xAxis().ticks) {
      context.moveTo(Math.round(left(at)) + 0.5, 0);
      context.lineTo(Math.round(left(at)) + 0.5, height());
    }
    context.stroke();
    for (const [index, dot] of dots().entries()) {
      const place = places()[index];
      if (!place) continue;
      const color = ink.series[slot(dot.series)] ?? ink.text;
      context.globalAlpha = choice.muted(dot.key) ? 0.12 : 0.55;
      context.fillStyle = color;
      context.beginPath();
      context.arc(place.left, place.top, place.radius, 0, 2 * Math.PI);
      context.fill();
      context.globalAlpha = choice.muted(dot.key) ? 0.25 : 1;
      context.strokeStyle = color;
      context.lineWidth = 1.2;
      context.stroke();
    }
    context.globalAlpha = 1;
    const place = places()[pointed()];
    if (!place) return;
    context.strokeStyle = ink.text;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(place.left, place.top, place.radius + 2, 0, 2 * Math.PI);
    context.stroke();
  });
  const format = (value: number | null, unit: string | undefined) =>
    formatValue(value, { unit, decimals: props.panel.decimals }).text;
  const words = (dot: Dot) =>
    [
      keyText(dot.key),
      dot.series === null ? null : keyText(dot.series),
      `${named(props.panel.x)} ${format(dot.x, props.panel.xUnit)}`,
      `${named(props.panel.y)} ${format(dot.y, props.panel.unit)}`,
      props.panel.size === undefined ? null : `${named(props.panel.size)} ${format(dot.size, undefined)}`,
    ]
      .filter(Boolean)
      .join(' · ');
  const rest = () => {
    const { without } = found();
    const { restGroups } = props.picture;
    const notes = [`${dots().length} ${named(props.panel.label)}${dots().length === 1 ? '' : 's'}`];
    if (props.panel.size !== undefined) notes.push(`dot: ${named(props.panel.size)}`);
    if (without > 0) notes.push(`${without} without a value`);
    if (restGroups > 0) notes.push(`+ ${restGroups} more, not drawn`);
    return notes.join(' · ');
  };
  const label = createMemo(
    on(
      [board.nowMs, () => props.state],
      () => `${props.panel.title}: ${named(props.panel.y)} against ${named(props.panel.x)}. ${rest()}`,
    ),
  );
  const order = createMemo(() => [...dots()].sort((a, b) => a.x - b.x || a.y - b.y).map(({ id }) => id));
  const keys = (event: KeyboardEvent) => {
    const all = order();
    const at = all.indexOf(key() ?? '');
    const now = key();
    const here = now === null ? undefined : dots().find(({ id }) => id === now);
    if (event.key === 'Enter' && here) choice.choose(here.key);
    const next = {
      ArrowRight: all[Math.min(all.length - 1, at + 1)],
      ArrowLeft: all[Math.max(0, at < 0 ? all.length - 1 : at - 1)],
      Home: all[0],
      End: all.at(-1),
      Escape: null,
    }[event.key];
    // Where nothing is pointed at, Escape is the page's.
    if (next === undefined || (next === null && now === null && pointer() === null)) return;
    event.preventDefault();
    setPointer(null);
    setKey(next);
    const dot = shown();
    setSaid(dot === undefined ? '' : words(dot));
  };
  const listen = (node: HTMLCanvasElement) => {
    setCanvas(node);
    node.addEventListener('pointermove', (event) =>
      setPointer({ left: event.offsetX - PAD_PX, top: event.offsetY - PAD_PX }),
    );
    node.addEventListener('pointerleave', () => setPointer(null));
    node.addEventListener('keydown', keys);
    node.addEventListener('blur', () => setKey(null));
    node.addEventListener('click', () => {
      const dot = dots()[pointed()];
      if (dot) choice.choose(dot.key);
    });
  };
  onCleanup(() => setCanvas(undefined));
  const shown = () => dots()[pointed()];
  return (
    <div
      class="plot-box"
      style={{ '--left': `${LEFT_REM}rem`, '--below': `${BELOW_REM}rem`, '--above': `${ABOVE_REM * rem()}px` }}
    >
      <canvas
        ref={listen}
        class="scatter"
        role="img"
        tabindex="0"
        aria-label={label()}
        data-dots={dots().length}
        style={{
          width: `${width() + 2 * PAD_PX}px`,
          height: `${height() + 2 * PAD_PX}px`,
          margin: `-${PAD_PX}px`,
        }}
      />
      <Index each={yAxis().ticks}>
        {(tick) => (
          <span class="y-tick" style={{ top: `${ABOVE_REM * rem() + top(tick().at)}px` }}>
            {tick().text}
          </span>
        )}
      </Index>
      <Index each={xAxis().ticks}>
        {(tick) => (
          <span
            class="x-tick"
            style={{ left: `calc(var(--left) + ${left(tick().at)}px)`, top: `${ABOVE_REM * rem() + height()}px` }}
          >
            {tick().text}
          </span>
        )}
      </Index>
      <span class="x-name" style={{ top: `${height() + (ABOVE_REM + 1.0625) * rem()}px` }}>
        {named(props.panel.x)} →
      </span>
      <span class="y-name">↑ {named(props.panel.y)}</span>
      <p class="sr-only" role="status">
        {said()}
      </p>
      <p class="panel-note" title={rest()}>
        <Show
          when={shown()}
          fallback={
            <>
              <For each={bySeries()}>
                {(name) => (
                  <span class="scatter-series">
                    <span
                      class="swatch"
                      style={{
                        '--swatch': `var(--series-${slot(name) + 1})`,
                      }}
                    />
                    {keyText(name)}
                  </span>
                )}
              </For>
              {rest()}
            </>
          }
        >
          {(dot) => <b>{words(dot())}</b>}
        </Show>
      </p>
    </div>
  );
}

function named(column: string): string {
  return column.replaceAll('_', ' ');
}
