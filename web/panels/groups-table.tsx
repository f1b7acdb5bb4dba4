import { createMemo, createSignal, type JSX } from 'solid-js';
import type { TablePanel } from '../../contract/spec/panel.ts';
import { formatValue } from '../format.ts';
import { createAsked } from './asked.ts';
import { useBoard } from './board-context.ts';
import { keyText, NO_VALUE } from './choice.ts';
import { type GridCell, type GridColumn, GridTable } from './grid-table.tsx';
import { createHeld, type Hold } from './hold.ts';
import type { KindProps } from './kind-props.ts';
import { cellLook } from './table-cells.ts';
import { fitting, sortRows } from './table-rows.ts';

/** Width of a letter, and of what is around a cell's text, in rem; what is longer is cut. */
const LETTER_REM = 0.46;
const AROUND_REM = 1.25;
const MOST_LETTERS = 16;
/** Rows whose texts say how wide a column is. */
const MEASURED_ROWS = 20;

/** One row per group of a window; sorted by the engine, so that the largest are among those listed. */
export function GroupsTable(props: KindProps<TablePanel, 'groups'>): JSX.Element {
  const board = useBoard();
  const [hold, setHold] = createSignal<Hold>();
  const picture = createHeld(
    () => props.picture,
    () => hold()?.held() ?? false,
    createAsked(() => props.request),
  );
  type Row = (typeof props.picture.rows)[number];
  const shownSort = () => props.sort ?? props.panel.sort ?? null;
  const title = (name: string) => props.panel.cells?.[name]?.title ?? name.replaceAll('_', ' ');
  /** As many columns, from the left, as their texts have room. */
  const most = createMemo(() => {
    const { columns: all, rows: given } = props.picture;
    const rooms = props.room.width / (16 * board.ink().scale);
    const widths = all.map(({ name, role }, at) => {
      const own = given.slice(0, MEASURED_ROWS).map((row) => cellLength(row.cells[at], role === 'measure'));
      return AROUND_REM + LETTER_REM * Math.min(MOST_LETTERS, Math.max(title(name).length + 1, ...own));
    });
    return fitting(widths, rooms);
  });
  const note = () => {
    const { restGroups, columns: all } = picture();
    const hidden = all.length - columns().length;
    return [
      restGroups > 0 ? `+ ${restGroups} more` : '',
      hidden > 0
        ? `no room for ${all
            .slice(-hidden)
            .map(({ name }) => title(name))
            .join(', ')}`
        : '',
    ]
      .filter(Boolean)
      .join(' · ');
  };
  const columns = createMemo<readonly GridColumn[]>(() =>
    picture()
      .columns.slice(0, most())
      .map(({ name, isNumber, role }) => ({
        name,
        title: title(name),
        kind: role === 'measure' && isNumber ? 'number' : 'text',
        widthRem: null,
      })),
  );
  // A picture that is held, or made before somebody sorted it, stands in the new order at once.
  const rows = createMemo<readonly Row[]>(() => {
    const { rows: given, columns: names } = picture();
    const sort = shownSort();
    if (sort === null) return given;
    const at = names.findIndex(({ name }) => name === sort.by);
    return at < 0 ? given : sortRows(given, ({ cells }) => cells[at], sort.direction);
  });
  const largest = createMemo(() =>
    picture().columns.map(({ name }, at) =>
      props.panel.cells?.[name]?.bar
        ? picture().rows.reduce((most, { cells }) => Math.max(most, Number(cells[at]) || 0), 0)
        : undefined,
    ),
  );
  const decimals = createMemo(() => picture().columns.map((_, at) => decimalsOf(picture().rows, at)));
  const cell = (row: Row, at: number): GridCell => {
    const column = picture().columns[at];
    const value = row.cells[at] ?? null;
    const spec = props.panel.cells?.[column?.name ?? ''];
    if (column?.role === 'group') {
      const key = value === null ? NO_VALUE : String(value);
      const look = cellLook(value, keyText(key), spec, undefined);
      return { ...look, key: { column: column.name, name: key, link: at === 0 ? props.panel.link : undefined } };
    }
    const plain =
      typeof value === 'number' ? formatValue(value, { unit: 'none', decimals: decimals()[at] }).text : (value ?? '');
    return cellLook(value, plain, spec, largest()[at]);
  };
  return (
    <GridTable
      label={props.panel.title}
      columns={columns()}
      rows={rows()}
      cell={cell}
      rowKey={({ cells }) => String(cells[0] ?? NO_VALUE)}
      sort={shownSort()}
      onSort={props.onSort}
      room={props.room}
      note={note()}
      missed={0}
      hold={setHold}
    />
  );
}

/** Letters of a cell, about: numbers are shown with few digits. */
function cellLength(value: unknown, isMeasure: boolean): number {
  if (isMeasure && typeof value === 'number') return Math.min(7, String(value).length);
  return String(value ?? '').length;
}

function decimalsOf(rows: readonly { readonly cells: readonly unknown[] }[], at: number): number {
  return rows.reduce((most, { cells }) => {
    const value = cells[at];
    if (typeof value !== 'number' || Number.isInteger(value)) return most;
    return Math.max(most, Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
  }, 0);
}
