import type { Panel } from './panel.ts';
import type { Path } from './yaml-file.ts';

/** What a panel is a picture of, and the columns it names: the one list that checks, requests and inspectors go by. */
export type PanelData =
  | { readonly of: 'window'; readonly window: string }
  | { readonly of: 'stream'; readonly stream: string }
  | { readonly of: 'nothing' };

export function dataOf(panel: Panel): PanelData {
  switch (panel.kind) {
    case 'text':
      return { of: 'nothing' };
    case 'events':
      return { of: 'stream', stream: panel.stream };
    case 'table':
      if (panel.window !== undefined) return { of: 'window', window: panel.window };
      return panel.stream === undefined ? { of: 'nothing' } : { of: 'stream', stream: panel.stream };
    default:
      return { of: 'window', window: panel.window };
  }
}

export interface ColumnUse {
  readonly name: string;
  readonly path: Path;
}

/** The columns of its window that a panel names, and where in it they stand. */
export function columnsOf(panel: Panel): {
  /** Columns of the window's select. */
  readonly measures: readonly ColumnUse[];
  /** By-columns of the window. */
  readonly groups: readonly ColumnUse[];
} {
  const use = (name: string | undefined, ...path: Path): ColumnUse[] => (name === undefined ? [] : [{ name, path }]);
  switch (panel.kind) {
    case 'timeseries':
      return {
        measures: [
          ...panel.y.flatMap((name, index) => use(name, 'y', index)),
          ...(panel.bands ?? []).flatMap(({ low, high }, index) => [
            ...use(low, 'bands', index, 'low'),
            ...use(high, 'bands', index, 'high'),
          ]),
        ],
        groups: use(panel.series, 'series'),
      };
    case 'stat':
    case 'gauge':
    case 'control-chart':
      return { measures: use(panel.value, 'value'), groups: [] };
    case 'barlist':
    case 'funnel':
    case 'donut':
      return { measures: use(panel.value, 'value'), groups: use(panel.label, 'label') };
    case 'histogram':
      return { measures: use(panel.value, 'value'), groups: use(panel.bucket, 'bucket') };
    case 'heatmap':
    case 'state-timeline':
      return { measures: use(panel.value, 'value'), groups: use(panel.rows, 'rows') };
    case 'scatter':
      return {
        measures: [...use(panel.x, 'x'), ...use(panel.y, 'y'), ...use(panel.size, 'size')],
        groups: [...use(panel.label, 'label'), ...use(panel.series, 'series')],
      };
    case 'target':
      return {
        measures: [
          ...use(panel.actual, 'actual'),
          ...use(typeof panel.target === 'string' ? panel.target : undefined, 'target'),
        ],
        groups: use(panel.label, 'label'),
      };
    case 'oee':
      return {
        measures: [
          ...use(panel.availability, 'availability'),
          ...use(panel.performance, 'performance'),
          ...use(panel.quality, 'quality'),
        ],
        groups: use(panel.label, 'label'),
      };
    // Of a window a column may be either: which is for the window to say.
    case 'table':
    case 'events':
    case 'text':
      return { measures: [], groups: [] };
  }
}
