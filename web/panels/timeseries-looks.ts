import type { TimeseriesPanel } from '../../contract/spec/panel.ts';
import type { Color } from '../../contract/spec/panels/parts.ts';
import type { PlotLimit, PlotOptions, SeriesLook } from '../charts/plot.ts';

/** How the series of a panel look, by what its board says of them. */
export interface Looks {
  readonly look: (name: string) => SeriesLook;
  /** Not drawn until it is chosen. */
  readonly isHidden: (name: string) => boolean;
  readonly bands: (names: readonly string[]) => NonNullable<PlotOptions['bands']>;
  /** Columns that are edges of bands and no lines of their own. */
  readonly edges: (names: readonly string[]) => ReadonlySet<string>;
}

/** Between the value of a by-column and the column, where there are several: `cart · p95`. */
const BETWEEN = ' · ';

/** `colorOf`: the colour a name has on the whole board, 1 to 8. */
export function looksOf(panel: TimeseriesPanel, colorOf: (name: string) => Color): Looks {
  const columns = panel.y;
  const bands = panel.bands ?? [];
  /** With one column drawn its name says nothing that the title does not. */
  const titleOf = (name: string) => {
    const [only] = columns;
    const end = `${BETWEEN}${only}`;
    return panel.series !== undefined && columns.length === 1 && name.endsWith(end) ? name.slice(0, -end.length) : name;
  };
  const override = (name: string) => panel.overrides?.[titleOf(name)] ?? panel.overrides?.[name] ?? {};
  const look = (name: string): SeriesLook => {
    const own = override(name);
    return {
      title: own.title ?? titleOf(name),
      color: own.color ?? colorOf(titleOf(name)),
      draw: own.draw ?? panel.draw,
      right: own.axis === 'right',
      dashed: own.dashed ?? false,
      unit: own.unit ?? panel.unit,
      decimals: own.decimals ?? panel.decimals,
    };
  };
  /** The values of the by-column that have bands; `null`: there is no by-column. */
  const linesOf = (names: readonly string[]): (string | null)[] => {
    if (panel.series === undefined) return [null];
    const end = `${BETWEEN}${bands[0]?.low}`;
    return names.filter((name) => name.endsWith(end)).map((name) => name.slice(0, -end.length));
  };
  const bandColor = (title: string, line: string | null): Color => {
    const [only] = columns;
    if (line !== null) return colorOf(line);
    return columns.length === 1 && only !== undefined ? look(only).color : colorOf(title);
  };
  return {
    look,
    isHidden: (name) => override(name).hidden ?? false,
    bands: (names) =>
      bands.flatMap(({ low, high, title = `${low} – ${high}` }) =>
        linesOf(names).map((line) => ({
          title: line === null ? title : `${line}, ${title}`,
          color: panel.overrides?.[title]?.color ?? bandColor(title, line),
          low: line === null ? low : `${line}${BETWEEN}${low}`,
          high: line === null ? high : `${line}${BETWEEN}${high}`,
        })),
      ),
    edges: (names) => {
      const only = new Set(bands.flatMap(({ low, high }) => [low, high]).filter((name) => !columns.includes(name)));
      const columnOf = (name: string) =>
        panel.series === undefined ? name : name.slice(name.lastIndexOf(BETWEEN) + BETWEEN.length);
      return new Set(names.filter((name) => only.has(columnOf(name))));
    },
  };
}

/** The gravest first. */
export function limitsOf(panel: TimeseriesPanel): PlotLimit[] {
  const { warnAbove, alarmAbove, warnBelow, alarmBelow } = panel;
  const limit = (value: number | undefined, level: PlotLimit['level'], side: PlotLimit['side']): PlotLimit[] =>
    value === undefined ? [] : [{ value, level, side }];
  return [
    ...limit(alarmAbove, 'alarm', 'above'),
    ...limit(alarmBelow, 'alarm', 'below'),
    ...limit(warnAbove, 'warn', 'above'),
    ...limit(warnBelow, 'warn', 'below'),
  ];
}
