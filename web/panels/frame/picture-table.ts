import type { Panel } from '../../../contract/spec/panel.ts';
import { columnsOf } from '../../../contract/spec/panel-uses.ts';
import type { PanelPicture, PictureTime } from '../../../contract/worker-api.ts';

/** The numbers behind a picture, row by row: for who cannot see it, and for who wants to know exactly. */
export interface PictureTable {
  readonly columns: readonly TableColumn[];
  /** Newest, or largest, first: as the picture has them. */
  readonly rows: readonly (readonly Cell[])[];
  /** What the table does not say by itself: approximations, what is left out. */
  readonly notes: readonly string[];
}

export interface TableColumn {
  readonly name: string;
  readonly type: 'time' | 'number' | 'text';
  /** A Grafana unit id; left out: as it stands. */
  readonly unit?: string;
}

/** Times are µs since the epoch. */
export type Cell = string | number | null;

/** What a picture shows as a table; null where it shows no data. */
export function tableOf(panel: Panel, picture: PanelPicture): PictureTable | null {
  switch (picture.kind) {
    case 'error':
      return null;
    case 'series':
      return seriesTable(panel, picture);
    case 'fold':
      return foldTable(panel, picture);
    case 'groups':
      return groupsTable(panel, picture);
    case 'states':
      return statesTable(picture);
    case 'rows':
      return rowsTable(picture);
  }
}

type Of<Kind extends PanelPicture['kind']> = Extract<PanelPicture, { kind: Kind }>;

function seriesTable(panel: Panel, picture: Of<'series'>): PictureTable {
  const { xSeconds, series, windowSizeUs, stepUs, revised, hiddenSeries, keptFromUs, coarseBeforeUs } = picture;
  const unit = unitOf(panel);
  const rows: Cell[][] = [];
  for (let at = xSeconds.length - 1; at >= 0; at--) {
    const endUs = Math.round((xSeconds[at] ?? 0) * 1e6) + stepUs;
    const values = series.map(({ values }) => numberOr(values[at]));
    rows.push([endUs - windowSizeUs, endUs, ...values, stateOf(endUs, picture, revised[at] === 1)]);
  }
  return {
    columns: [
      time('window start'),
      time('window end'),
      ...series.map(({ name }) => number(name, unit)),
      { name: 'state', type: 'text' },
    ],
    rows,
    notes: [
      ...approximation(picture.relativeError),
      ...(hiddenSeries > 0 ? [`${hiddenSeries} more series are not shown: they are smaller.`] : []),
      ...(coarseBeforeUs === null ? [] : ['The oldest windows are folded into coarser ones.']),
      ...(keptFromUs === null ? [] : ['Windows before the first were let go.']),
      ...unfiltered(picture),
    ],
  };
}

/** How a window that ends there stands to the watermark. */
function stateOf(endUs: number, picture: PictureTime, revised: boolean): string {
  if (picture.watermarkUs === null || endUs > picture.watermarkUs) return 'provisional';
  return revised ? 'revised' : 'final';
}

function foldTable(panel: Panel, picture: Of<'fold'>): PictureTable {
  const { measures, groups } = columnsOf(panel);
  const measure = measures[0]?.name ?? 'value';
  const group = groups[0]?.name;
  const { keys, value } = picture.rest;
  const rows = picture.rows.map(({ key, value: folded }): Cell[] => [...(group === undefined ? [] : [key]), folded]);
  const spark = picture.spark;
  const notes = [
    ...approximation(picture.relativeError),
    ...(keys > 0 ? [`${keys} more ${keys === 1 ? 'value is' : 'values are'} not shown.`] : []),
    ...unfiltered(picture),
  ];
  if (group === undefined && spark !== null)
    return {
      columns: [time('window start'), number(measure, unitOf(panel))],
      rows: [...spark.xSeconds].map((x, at): Cell[] => [Math.round(x * 1e6), numberOr(spark.values[at])]).reverse(),
      notes: [`The number itself, folded: ${picture.rows[0]?.value ?? 'none'}.`, ...notes],
    };
  return {
    columns: [...(group === undefined ? [] : [{ name: group, type: 'text' } as const]), number(measure, unitOf(panel))],
    rows: keys > 0 && value !== null && group !== undefined ? [...rows, [`(${keys} more)`, value]] : rows,
    notes,
  };
}

function groupsTable(panel: Panel, picture: Of<'groups'>): PictureTable {
  const { columns, rows, restGroups } = picture;
  const cells = panel.kind === 'table' ? (panel.cells ?? {}) : {};
  return {
    columns: columns.map(({ name, role, isNumber }) =>
      isNumber ? number(name, role === 'measure' ? (cells[name]?.unit ?? unitOf(panel)) : undefined) : text(name),
    ),
    rows: rows.map((row) => row.cells),
    notes: [
      ...approximation(picture.relativeError),
      ...(restGroups > 0 ? [`${restGroups} more groups are not shown.`] : []),
      ...unfiltered(picture),
    ],
  };
}

function statesTable(picture: Of<'states'>): PictureTable {
  const rows = picture.rows.flatMap(({ key, stretches }) =>
    stretches.map(({ fromUs, untilUs, state, provisional, revised }): Cell[] => [
      key,
      fromUs,
      untilUs,
      state,
      provisional ? 'provisional' : revised ? 'revised' : 'final',
    ]),
  );
  return {
    columns: [text('of'), time('from'), time('until'), text('value'), text('state')],
    rows: rows.sort((a, b) => Number(b[1]) - Number(a[1])),
    notes: [
      ...(picture.hiddenRows > 0 ? [`${picture.hiddenRows} more rows are not shown.`] : []),
      ...unfiltered(picture),
    ],
  };
}

function rowsTable(picture: Of<'rows'>): PictureTable {
  const isTime = picture.columns.map(({ type }) => /timestamp/i.test(type));
  return {
    columns: [
      time('event time'),
      ...picture.columns.map(
        ({ name, type, unit }): TableColumn => ({
          name,
          type: /timestamp/i.test(type) ? 'time' : /int|float|decimal|double/i.test(type) ? 'number' : 'text',
          ...(unit !== null && { unit }),
        }),
      ),
      text('state'),
    ],
    rows: picture.rows.map(({ eventTimeUs, cells, state }) => [
      eventTimeUs,
      ...cells.map((cell, at) => cellOf(cell, isTime[at] ?? false)),
      state,
    ]),
    notes: unfiltered(picture),
  };
}

function cellOf(cell: unknown, isTime: boolean): Cell {
  if (cell === null || cell === undefined) return null;
  if (cell instanceof Date) return isTime ? cell.getTime() * 1000 : cell.toISOString();
  if (typeof cell === 'number' || typeof cell === 'string') return cell;
  if (typeof cell === 'object') return JSON.stringify(cell);
  return String(cell);
}

function unitOf(panel: Panel): string | undefined {
  return 'unit' in panel ? panel.unit : undefined;
}

function time(name: string): TableColumn {
  return { name, type: 'time' };
}

function text(name: string): TableColumn {
  return { name, type: 'text' };
}

function number(name: string, unit: string | undefined): TableColumn {
  return { name, type: 'number', ...(unit !== undefined && { unit }) };
}

function numberOr(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

function approximation(relativeError: number): string[] {
  return relativeError > 0
    ? [`Approximate: each value is within ± ${Number((relativeError * 100).toPrecision(2))} % of the exact one.`]
    : [];
}

function unfiltered({ unfiltered: columns }: PictureTime): string[] {
  return columns.length > 0 ? [`It is not filtered by ${columns.join(', ')}: it shows all of them.`] : [];
}
