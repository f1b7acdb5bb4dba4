import { createMemo, createSignal, type JSX } from 'solid-js';
import type { TablePanel } from '../../contract/spec/panel.ts';
import { formatClock, formatClockMs } from '../format-time.ts';
import { createAsked } from './asked.ts';
import { useBoard } from './board-context.ts';
import { type GridCell, type GridColumn, GridTable } from './grid-table.tsx';
import { createHeld, type Hold } from './hold.ts';
import type { KindProps } from './kind-props.ts';
import { cellLook } from './table-cells.ts';
import { cellText, tableColumns } from './table-columns.ts';
import { sortRows } from './table-rows.ts';

/** Least width of a column, in rem, before columns on the right give way. */
const COLUMN_REM = 5.25;
const STATE_REM = 5.75;
/** Below this width a table is on a phone. */
const NARROW_REM = 28;
const TIME = 'event time';
const STATE = 'state';

/** A stream's latest rows, newest event first until somebody sorts them. */
export function RowsTable(props: KindProps<TablePanel, 'rows'>): JSX.Element {
  const board = useBoard();
  const [hold, setHold] = createSignal<Hold>();
  const rem = () => 16 * board.ink().scale;
  const narrow = () => props.room.width < NARROW_REM * rem();
  const timeRem = () => (narrow() ? 4.75 : 7.25);
  const ids = createMemo(() => {
    const fields = board.status()?.streams[props.panel.stream ?? '']?.schema?.fields ?? [];
    return new Set(fields.filter(({ role }) => role === 'id').map(({ name }) => name));
  });
  const picture = createHeld(
    () => props.picture,
    () => hold()?.held() ?? false,
    createAsked(() => props.request),
  );
  const fields = createMemo(() =>
    tableColumns(picture(), ids(), {
      narrow: narrow(),
      most: Math.floor((props.room.width - (timeRem() + STATE_REM) * rem()) / (COLUMN_REM * rem())),
    }),
  );
  const columns = createMemo<readonly GridColumn[]>(() => [
    { name: TIME, title: TIME, kind: 'time', widthRem: timeRem() },
    ...fields().map(({ name, amount }) => ({
      name,
      title: props.panel.cells?.[name]?.title ?? name.replaceAll('_', ' '),
      kind: amount ? ('number' as const) : ('text' as const),
      widthRem: null,
    })),
    { name: STATE, title: STATE, kind: 'row-state', widthRem: STATE_REM },
  ]);
  type Row = (typeof props.picture.rows)[number];
  const rows = createMemo<readonly Row[]>(() => {
    const { rows: given } = picture();
    const sort = props.sort;
    if (sort === null) return given;
    const at = fields().find(({ name }) => name === sort.by)?.at;
    const cell = (row: Row) =>
      sort.by === TIME ? row.eventTimeUs : sort.by === STATE ? row.state : row.cells[at ?? -1];
    return sortRows(given, cell, sort.direction);
  });
  const missed = () => {
    const [held, now] = [picture(), props.picture];
    if (held === now) return 0;
    const newest = held.rows[0]?.eventTimeUs ?? 0;
    return now.rows.reduce((count, { eventTimeUs }) => count + Number(eventTimeUs > newest), 0);
  };
  const largest = createMemo(
    () =>
      new Map(
        fields()
          .filter(({ name }) => props.panel.cells?.[name]?.bar)
          .map(({ name, at }) => [
            name,
            picture().rows.reduce((most, { cells }) => Math.max(most, Number(cells[at]) || 0), 0),
          ]),
      ),
  );
  const cell = (row: Row, column: number): GridCell => {
    if (column === 0) return { text: (narrow() ? formatClock : formatClockMs)(row.eventTimeUs / 1000, board.zone()) };
    const field = fields()[column - 1];
    if (field === undefined) return { text: row.state, state: row.state };
    const value = row.cells[field.at];
    return cellLook(
      value,
      cellText(value, field, board.zone()),
      props.panel.cells?.[field.name],
      largest().get(field.name),
    );
  };
  return (
    <GridTable
      label={props.panel.title}
      columns={columns()}
      rows={rows()}
      cell={cell}
      sort={props.sort}
      onSort={props.onSort}
      room={props.room}
      note={typeof board.view().until === 'number' ? 'the newest rows, not those of the time in view' : ''}
      missed={missed()}
      hold={setHold}
    />
  );
}
