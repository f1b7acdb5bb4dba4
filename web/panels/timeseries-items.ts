import type { TimeseriesPanel } from '../../contract/spec/panel.ts';
import type { SeriesPicture } from '../../contract/worker-api.ts';
import type { Extent } from '../charts/extent.ts';
import { earlierAt, newestIndex, type Plot } from '../charts/plot.ts';
import { formatValue } from '../format.ts';
import { colorOf, mapped } from './mappings.ts';
import { type Passed, thresholdPassed } from './thresholds.ts';
import type { LegendItem } from './timeseries-legend.tsx';
import type { Looks } from './timeseries-looks.ts';
import { legendStat } from './timeseries-stats.ts';
import type { TooltipRow } from './timeseries-tooltip.tsx';

/** What is read off a plot at one of its windows. */
export interface Reading {
  readonly panel: TimeseriesPanel;
  readonly picture: SeriesPicture;
  readonly plot: Plot;
  readonly looks: Looks;
  readonly edges: ReadonlySet<string>;
  readonly extent: Extent;
  readonly index: number;
  /** The crosshair is there; else it is where the lines end. */
  readonly pointed: boolean;
  readonly isShown: (name: string) => boolean;
  /** `yesterday`; null: nothing is compared. */
  readonly earlierWords: string | null;
}

export function valueText({ panel, looks }: Pick<Reading, 'panel' | 'looks'>, name: string, value: number): string {
  const { unit, decimals } = looks.look(name);
  return mapped(value, panel.mappings)?.text ?? formatValue(value, { unit, decimals }).text;
}

/** The threshold a value of a series has passed. Those on the right have an axis of their own, and no thresholds. */
function passedBy(panel: TimeseriesPanel, plot: Plot, name: string, index: number): Passed | null {
  const series = plot.series.find((one) => one.name === name);
  if (!series || series.right || plot.limits.length === 0) return null;
  return thresholdPassed(series.values[index] ?? null, { ...panel, unit: series.unit });
}

/** The gravest of all that are drawn, by their newest values; by name where there are several. */
export function gravestOf(panel: TimeseriesPanel, plot: Plot): Passed | null {
  const found = plot.series.flatMap(({ name, title }): Passed[] => {
    const passed = passedBy(panel, plot, name, newestIndex(plot));
    if (passed === null) return [];
    return [plot.series.length > 1 ? { ...passed, word: `${title} ${passed.word}` } : passed];
  });
  return found.find(({ level }) => level === 'alarm') ?? found[0] ?? null;
}

export function legendItems(reading: Reading): LegendItem[] {
  return [...seriesItems(reading), ...bandItems(reading), ...earlierItems(reading)];
}

export function tooltipRows(reading: Reading): TooltipRow[] {
  const { plot, index } = reading;
  const rows = plot.series.map(({ name, title, color, values }) => ({
    name: title,
    color: colorOf(color),
    value: valueText(reading, name, values[index] ?? Number.NaN),
    was: wasText(reading, name),
  }));
  return plot.stacked ? rows.reverse() : rows;
}

function seriesItems(reading: Reading): LegendItem[] {
  const { picture, plot, looks, edges, index, pointed, extent, panel } = reading;
  const stats = panel.legend ?? ['last'];
  const { coarseBeforeUs } = picture;
  const plain = coarseBeforeUs === null || coarseBeforeUs / 1e6 <= extent.fromS;
  return picture.series
    .filter(({ name }) => !edges.has(name))
    .map(({ name, values }) => {
      const { title, color, dashed, right } = looks.look(name);
      const text = (value: number) => valueText(reading, name, value);
      return {
        key: name,
        title,
        color: colorOf(color),
        shape: dashed ? 'dashed' : 'line',
        shown: reading.isShown(name),
        right,
        // What is at the crosshair takes the place of the first, so that the legend stays as wide as it is.
        values: stats.map((stat, place) =>
          stat === 'last' || (pointed && place === 0 && !stats.includes('last'))
            ? { word: '', text: text(values[index] ?? Number.NaN) }
            : { word: stat, text: text(legendStat(plot, values, stat, extent, plain)) },
        ),
        raw: values[index],
        earlier: isAlone(plot) ? null : wasText(reading, name),
        passed: passedBy(panel, plot, name, index),
        canToggle: true,
      };
    });
}

function bandItems(reading: Reading): LegendItem[] {
  const { plot, index } = reading;
  return plot.bands.map(({ title, color, low, high }) => ({
    ...PLAIN,
    key: `band ${title}`,
    title,
    color: colorOf(color),
    shape: 'fill',
    values: [{ word: '', text: `${bandText(reading, low[index])} – ${bandText(reading, high[index])}` }],
  }));
}

function bandText({ panel }: Reading, value: number | undefined): string {
  return formatValue(value, { unit: panel.unit, decimals: panel.decimals }).text;
}

function earlierItems(reading: Reading): LegendItem[] {
  const { plot, earlierWords } = reading;
  const [line] = plot.earlier;
  if (earlierWords === null || !line) return [];
  const sum = plot.series.find(({ right }) => !right)?.name ?? '';
  const text = isAlone(plot) ? wasText(reading, line.name ?? sum, line.name) : null;
  return [
    {
      ...PLAIN,
      key: earlierWords,
      title: earlierWords,
      color: 'var(--muted)',
      shape: 'thin',
      values: text === null ? [] : [{ word: '', text }],
    },
  ];
}

/** There is one line of what was, and its value has a name of its own in the legend. */
function isAlone({ earlier }: Plot): boolean {
  return earlier.length === 1 && earlier[0]?.color === null;
}

/** `line`: by its name; null: the one of all together. */
function wasText(reading: Reading, name: string, line: string | null = name): string | null {
  const { plot, index } = reading;
  const found = plot.earlier.find((one) => one.name === line);
  if (!found) return null;
  const endS = (plot.startSeconds[index] ?? 0) + plot.windowSizeS;
  return valueText(reading, name, earlierAt(found, endS, plot.windowSizeS));
}

const PLAIN = {
  shown: true,
  right: false,
  raw: undefined,
  earlier: null,
  passed: null,
  canToggle: false,
} as const;
