import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Zone } from '../format-time.ts';
import type { Canvas } from './canvas.ts';
import type { Extent } from './extent.ts';
import type { Ink } from './ink.ts';
import type { Axis, Scene } from './scene.ts';
import { labelEvery, timeTickLabel, timeTicks } from './ticks.ts';

/** What uPlot keeps for a chart: its axes, its scales and its cursor. What is between the axes is painted by the scene. */
export type Host = uPlot;

export interface HostOptions {
  readonly element: HTMLElement;
  readonly size: { readonly width: number; readonly height: number };
  readonly ink: Ink;
  readonly scene: () => Scene;
  readonly extent: () => Extent;
  readonly zone: () => Zone;
  readonly paint: (canvas: Canvas) => void;
  readonly onCursor: (host: Host) => void;
  readonly onSelect: (range: Extent) => void;
  readonly onReset: () => void;
  /** The button goes down with shift held. */
  readonly onGrab: (event: MouseEvent) => void;
}

/** All charts of the page with this key have one crosshair. */
const SYNC = 'board';
/** Less is a click, CSS pixels. */
const DRAG_PX = 6;

/** Axes carry fonts and colours in their options, so a new theme or scale is a new host. */
export function createHost(options: HostOptions): Host {
  const { ink, scene, extent, zone } = options;
  const k = ink.scale;
  const fontPx = Number.parseFloat(ink.font);
  const moments = (self: uPlot) =>
    timeTicks(extent().fromS, extent().toS, Math.max(2, self.bbox.width / devicePixelRatio / (10 * fontPx)), zone());
  const axis = { stroke: ink.faint, font: ink.font, ticks: { show: false }, border: { show: false } };
  const valueAxis = (of: () => Axis, most: number): uPlot.Axis => ({
    ...axis,
    grid: { show: of().grid, stroke: ink.grid, width: 1 },
    gap: 8 * k,
    size: (self, labels) => Math.min(self.width * most, labelWidth(self, labels, ink)) + 10 * k,
    splits: () => [...of().ticks],
    values: (self, values) => {
      const nth = labelEvery(of(), self.bbox.height / devicePixelRatio, fontPx);
      return values.map((one, at) => (at % nth === 0 ? shortened(self, of().label(one), self.width * most, ink) : ''));
    },
  });
  const { stops, right } = scene();
  const rightAxis = () => scene().right ?? scene().left;
  // uPlot remembers the colours it has set.
  const painted = (self: uPlot) => {
    self.ctx.save();
    options.paint(canvasOf(self, extent(), devicePixelRatio * k));
    self.ctx.restore();
  };
  return new uPlot(
    {
      ...options.size,
      padding: [12 * k, right ? 4 * k : 18 * k, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        points: { show: false },
        drag: { setScale: false, x: true, y: false, dist: DRAG_PX },
        sync: {
          key: SYNC,
          setSeries: false,
          scales: ['x', null],
          filters: { pub: (type) => type === 'mousemove', sub: () => true },
        },
        bind: {
          mousedown: (_self, target, handler) => (event) => {
            if (event.button !== 0 || event.target !== target) return null;
            if (event.shiftKey) options.onGrab(event);
            else handler(event);
            return null;
          },
          dblclick: () => () => {
            options.onReset();
            return null;
          },
        },
      },
      scales: {
        x: { time: false, auto: false, range: (_self, min, max) => [min, max] },
        y: { auto: false, range: (_self, min, max) => [min, max] },
        right: { auto: false, range: (_self, min, max) => [min, max] },
      },
      series: [
        {},
        { scale: 'y', paths: () => null, points: { show: false } },
        { scale: 'right', paths: () => null, points: { show: false } },
      ],
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: Math.max(20 * k, 1.6 * fontPx),
          gap: 5 * k,
          splits: (self) => [...moments(self).seconds],
          values: (self, seconds) => {
            const { stepS } = moments(self);
            return seconds.map((one) => whole(self, one, timeTickLabel(one, stepS, zone()), ink));
          },
        },
        valueAxis(() => scene().left, 0.3),
        { ...valueAxis(rightAxis, 0.2), scale: 'right', side: 1, show: right !== null, grid: { show: false } },
      ],
      hooks: {
        draw: [painted],
        setCursor: [options.onCursor],
        setSelect: [
          (self) => {
            const { left, width } = self.select;
            if (width <= 0) return;
            self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            options.onSelect({ fromS: self.posToVal(left, 'x'), toS: self.posToVal(left + width, 'x') });
          },
        ],
      },
    },
    [stops, stops, stops],
    options.element,
  );
}

/** Shows the scene: no element is made, and the canvas is painted once. */
export function show(host: Host, scene: Scene, { fromS, toS }: Extent): void {
  const right = scene.right ?? scene.left;
  host.batch(() => {
    host.setData([scene.stops, scene.stops, scene.stops], false);
    host.setScale('x', { min: fromS, max: toS });
    host.setScale('y', { min: scene.left.min, max: scene.left.max });
    host.setScale('right', { min: right.min, max: right.max });
  });
}

/** Moves the crosshair, of all charts: uPlot can, its types do not say so. */
export function moveCursor(host: Host, left: number, top: number): void {
  const move: (to: { left: number; top: number }, fire?: boolean, publish?: boolean) => void = host.setCursor;
  move({ left, top }, true, true);
}

/** Where values lie is linear: uPlot is asked for the ends alone. */
function canvasOf(self: uPlot, { fromS, toS }: Extent, unit: number): Canvas {
  const { left, top, width, height } = self.bbox;
  const perS = width / (toS - fromS);
  const scale = (key: string) => {
    const { min = 0, max = 1 } = self.scales[key] ?? {};
    const low = min ?? 0;
    const per = height / ((max ?? 1) - low);
    return (value: number) => top + height - (value - low) * per;
  };
  return {
    context: self.ctx,
    left,
    top,
    width,
    height,
    unit,
    fromS,
    toS,
    x: (seconds) => left + (seconds - fromS) * perS,
    y: scale('y'),
    yRight: scale('right'),
  };
}

/** A label that the chart's edge would cut is left out. */
function whole(chart: uPlot, seconds: number, label: string, ink: Ink): string {
  const half = labelWidth(chart, [label], ink) / 2;
  const at = chart.bbox.left / devicePixelRatio + chart.valToPos(seconds, 'x');
  return at < half || at + half > chart.width ? '' : label;
}

/** In CSS pixels: the host's context is not scaled. */
function labelWidth(chart: uPlot, labels: readonly string[] | null, ink: Ink): number {
  chart.ctx.font = ink.font;
  let most = 0;
  for (const label of labels ?? []) most = Math.max(most, chart.ctx.measureText(label).width);
  return most;
}

/** `a long name…`, no wider than there is room. */
function shortened(chart: uPlot, label: string, room: number, ink: Ink): string {
  if (labelWidth(chart, [label], ink) <= room) return label;
  let length = label.length - 1;
  while (length > 1 && labelWidth(chart, [`${label.slice(0, length)}…`], ink) > room) length--;
  return `${label.slice(0, length).trimEnd()}…`;
}
