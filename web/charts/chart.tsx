import { type Accessor, createEffect, createSignal, For, type JSX, onCleanup, onMount, Show, untrack } from 'solid-js';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatTick, formatValue } from '../format.ts';
import { formatDay, formatWindow, type Zone } from '../format-time.ts';
import type { Ink } from './ink.ts';
import { paintPlot } from './paint.ts';
import type { Plot } from './plot.ts';
import { timeTickLabel, timeTicks, valueTicks } from './ticks.ts';

export interface ChartProps {
  readonly plot: Plot;
  readonly ink: Ink;
  readonly unit: string | undefined;
  readonly decimals: number | undefined;
  readonly zone: Zone;
  /** What a window of days that ends then is called; null: its times say enough. */
  readonly windowName: (endMs: number) => string | null;
  /** What the picture shows, for who does not see it. */
  readonly summary: string;
}

/**
 * One canvas. uPlot keeps the axes, the scales and the cursor; the series are painted by `paint.ts`, because what is
 * right of the watermark is drawn differently from what is left of it.
 */
export function Chart(props: ChartProps): JSX.Element {
  let host: HTMLDivElement | undefined;
  /** uPlot's alone: what Solid puts beside it comes and goes. */
  let inner: HTMLDivElement | undefined;
  const [hover, setHover] = createSignal<{ index: number; left: number } | null>(null);
  const [size, setSize] = createSignal({ width: 0, height: 0 });
  const [chart, setChart] = createSignal<uPlot>();
  onMount(() => {
    if (!host) return;
    const observer = new ResizeObserver(([entry]) => {
      const box = entry?.contentRect;
      if (!box || box.width < 40 || box.height < 40) return;
      setSize({ width: Math.floor(box.width), height: Math.floor(box.height) });
    });
    observer.observe(host);
    onCleanup(() => observer.disconnect());
  });
  // Axes carry fonts and colours in their options, so a new theme or scale is a new uPlot.
  createEffect(() => {
    const ink = props.ink;
    if (!inner || size().width === 0) return;
    const made = untrack(() => createPlot(inner, size(), () => props.plot, ink, props, setHover));
    setChart(made);
    onCleanup(() => {
      made.destroy();
      setHover(null);
    });
  });
  createEffect(() => {
    const { width, height } = size();
    const made = chart();
    if (made && (made.width !== width || made.height !== height)) made.setSize({ width, height });
  });
  createEffect(() => {
    const plot = props.plot;
    const made = chart();
    if (made) show(made, plot);
  });
  return (
    <div class="chart" role="img" aria-label={props.summary} ref={host}>
      <div ref={inner} />
      <Show when={hover()}>{(at) => <Tooltip at={at} chart={chart} {...props} />}</Show>
    </div>
  );
}

function show(chart: uPlot, plot: Plot): void {
  chart.batch(() => {
    chart.setData([plot.xSeconds, plot.series[0]?.tops ?? plot.xSeconds], false);
    chart.setScale('x', { min: plot.fromS, max: plot.toS });
    chart.setScale('y', { min: plot.range.min, max: plot.range.max });
  });
}

function createPlot(
  host: HTMLElement,
  size: { width: number; height: number },
  plot: () => Plot,
  ink: Ink,
  props: ChartProps,
  onHover: (at: { index: number; left: number } | null) => void,
): uPlot {
  const k = ink.scale;
  const moments = (self: uPlot) =>
    timeTicks(plot().fromS, plot().toS, Math.max(2, self.bbox.width / devicePixelRatio / (110 * k)), props.zone);
  const axis = { stroke: ink.faint, font: ink.font, ticks: { show: false }, border: { show: false } };
  return new uPlot(
    {
      ...size,
      padding: [12 * k, 18 * k, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        points: { show: false },
        drag: { setScale: false, x: false, y: false },
        sync: { key: 'board', setSeries: false, scales: ['x', null] },
      },
      scales: {
        x: { time: false, auto: false, range: (_self, min, max) => [min, max] },
        y: { auto: false, range: (_self, min, max) => [min, max] },
      },
      series: [{}, { scale: 'y', paths: () => null, points: { show: false } }],
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 20 * k,
          gap: 5 * k,
          splits: (self) => [...moments(self).seconds],
          values: (self, seconds) => {
            const { stepS } = moments(self);
            return seconds.map((one) => whole(self, one, timeTickLabel(one, stepS, props.zone), ink));
          },
        },
        {
          ...axis,
          grid: { stroke: ink.grid, width: 1 },
          gap: 8 * k,
          size: (self, labels) => labelWidth(self, labels, ink) + 10 * k,
          splits: () => valueTicks(plot().range),
          values: (_self, values) => values.map((one) => formatTick(one, plot().range.step, { unit: props.unit })),
        },
      ],
      hooks: {
        draw: [
          (self) => {
            const { left, top, width, height } = self.bbox;
            paintPlot(
              {
                context: self.ctx,
                left,
                top,
                width,
                height,
                unit: devicePixelRatio * k,
                x: (seconds) => self.valToPos(seconds, 'x', true),
                y: (value) => self.valToPos(value, 'y', true),
              },
              plot(),
              ink,
            );
          },
        ],
        setCursor: [
          (self) => {
            const { idx, left } = self.cursor;
            const inside = self.over.matches(':hover');
            onHover(
              idx === null || idx === undefined || left === undefined || left < 0 || !inside
                ? null
                : { index: idx, left },
            );
          },
        ],
      },
    },
    [plot().xSeconds, plot().series[0]?.tops ?? plot().xSeconds],
    host,
  );
}

/** A label that the chart's edge would cut is left out. */
function whole(chart: uPlot, seconds: number, label: string, ink: Ink): string {
  const half = labelWidth(chart, [label], ink) / 2;
  const at = chart.bbox.left / devicePixelRatio + chart.valToPos(seconds, 'x');
  return at < half || at + half > chart.width ? '' : label;
}

function labelWidth(chart: uPlot, labels: string[] | null, ink: Ink): number {
  chart.ctx.font = ink.font;
  return Math.max(0, ...(labels ?? []).map((label) => chart.ctx.measureText(label).width));
}

/** The values under the pointer: beside it, on whichever side has room. */
function Tooltip(
  props: ChartProps & { at: Accessor<{ index: number; left: number }>; chart: Accessor<uPlot | undefined> },
): JSX.Element {
  const startMs = () => (props.plot.startSeconds[props.at().index] ?? 0) * 1000;
  const sizeMs = () => props.plot.windowSizeS * 1000;
  const name = () => props.windowName(startMs() + sizeMs());
  const times = () => {
    const far = Math.abs(props.plot.toS - startMs() / 1000) > 86_400;
    return `${formatWindow(startMs(), sizeMs(), props.zone)}${far ? `, ${formatDay(startMs(), props.zone)}` : ''}`;
  };
  const place = () => {
    const chart = props.chart();
    const offset = chart ? chart.over.offsetLeft : 0;
    const x = offset + props.at().left;
    const right = chart ? x > chart.width * 0.6 : false;
    return right ? `translateX(calc(${x - 10}px - 100%))` : `translateX(${x + 10}px)`;
  };
  const isOpen = () => {
    const { watermarkS, windowSizeS } = props.plot;
    return watermarkS !== null && startMs() / 1000 + windowSizeS > watermarkS;
  };
  const isFilling = () => props.plot.soFar && props.at().index === props.plot.startSeconds.length - 1;
  const note = () =>
    props.plot.revised[props.at().index] ? ' · revised' : isFilling() ? ' · so far' : isOpen() ? ' · provisional' : '';
  return (
    <div class="tooltip" style={{ transform: place() }}>
      <header>
        <Show when={name()} fallback={times()}>
          {(words) => words()}
        </Show>
        {note()}
      </header>
      <For each={props.plot.stacked ? [...props.plot.series].reverse() : props.plot.series}>
        {(series) => (
          <div>
            <span class="swatch" style={{ '--swatch': `var(--series-${series.slot + 1})` }} />
            {series.name}
            <b>{formatValue(series.values[props.at().index], { unit: props.unit, decimals: props.decimals }).text}</b>
          </div>
        )}
      </For>
    </div>
  );
}
