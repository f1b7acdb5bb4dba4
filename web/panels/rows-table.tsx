import { createMemo, For, Index, type JSX } from 'solid-js';
import type { TablePanel } from '../../contract/spec/panel.ts';
import type { RowsPicture } from '../../contract/worker-api.ts';
import { formatValue } from '../format.ts';
import { formatClockMs, formatDay, type Zone } from '../format-time.ts';
import { useBoard } from './board-context.ts';
import type { KindProps } from './panel.tsx';
import { TABLE_ROW_REM } from './panel-request.ts';

type Column = RowsPicture['columns'][number];

/** Least width of a column, in rem, before columns on the right give way. */
const COLUMN_REM = 5.25;
const TIME_REM = 7.25;
const STATE_REM = 5.75;

/** A stream's latest rows, as many as the panel has room for, newest event first. */
export function RowsTable(props: KindProps<TablePanel, 'rows'>): JSX.Element {
  const board = useBoard();
  const rem = () => 16 * board.ink().scale;
  const columns = createMemo(() => {
    const room = Math.floor((props.room.width / rem() - TIME_REM - STATE_REM) / COLUMN_REM);
    return props.picture.columns.slice(0, Math.max(1, room));
  });
  const ids = createMemo(
    () =>
      new Set(
        board
          .status()
          ?.streams[props.panel.stream]?.schema?.fields.filter(({ role }) => role === 'id')
          .map(({ name }) => name),
      ),
  );
  const isAmount = (column: Column) =>
    (column.type === 'int64' || column.type === 'float64') && !ids().has(column.name) && !/(^|_)id$/.test(column.name);
  // The longest text a column has held, so that its width follows its values and never shrinks back.
  const lengths = createMemo<readonly number[]>(
    (before) =>
      columns().map((column, at) =>
        Math.max(
          before[at] ?? 4,
          Math.min(24, column.name.length),
          ...props.picture.rows.map(({ cells }) => Math.min(24, cellText(cells[at], column, board.zone()).length)),
        ),
      ),
    [],
  );
  const decimals = createMemo(() => columns().map((column, at) => decimalsOf(props.picture.rows, column, at)));
  const widths = createMemo(() => {
    const letters = lengths().reduce((sum, length) => sum + length + 2, 0);
    return { unit: (props.room.width - (TIME_REM + STATE_REM) * rem()) / Math.max(1, letters) };
  });
  const fitting = createMemo(() =>
    Math.max(1, Math.floor((props.room.height - 0.125 * rem()) / (TABLE_ROW_REM * rem())) - 1),
  );
  const rows = createMemo(() => props.picture.rows.slice(0, fitting()));
  // What is left over under the last whole row is shared out, so that the table ends where the panel does.
  const rowPx = () => Math.floor((props.room.height - (0.125 + TABLE_ROW_REM) * rem()) / fitting());
  return (
    <table class="rows" style={{ '--table-row': `${rowPx()}px` }}>
      <colgroup>
        <col class="time" />
        <Index each={lengths()}>{(length) => <col style={{ width: `${widths().unit * (length() + 2)}px` }} />}</Index>
        <col class="chip-cell" />
      </colgroup>
      <thead>
        <tr>
          <th class="time">event time</th>
          <For each={columns()}>
            {(column) => <th class={isAmount(column) ? 'number' : ''}>{column.name.replaceAll('_', ' ')}</th>}
          </For>
          <th class="chip-cell">state</th>
        </tr>
      </thead>
      <tbody>
        <Index each={rows()}>
          {(row, index) => (
            <tr data-row={index}>
              <td class="time">{formatClockMs(row().eventTimeUs / 1000, board.zone())}</td>
              <Index each={columns()}>
                {(column, at) => (
                  <td class={isAmount(column()) ? 'number' : ''}>
                    {cellText(row().cells[at], column(), board.zone(), decimals()[at])}
                  </td>
                )}
              </Index>
              <td class="chip-cell">
                <span class="chip" data-row-state={row().state}>
                  {row().state}
                </span>
              </td>
            </tr>
          )}
        </Index>
      </tbody>
    </table>
  );
}

/** Decimals a column of plain numbers is shown with: as many as its values need, up to three, the same for all. */
function decimalsOf(rows: RowsPicture['rows'], column: Column, at: number): number {
  if (column.type !== 'float64' || column.unit) return 0;
  return Math.max(
    ...rows.map(({ cells }) => {
      const cell = cells[at];
      return typeof cell === 'number' ? Math.min(3, (String(cell).split('.')[1] ?? '').length) : 0;
    }),
    0,
  );
}

function cellText(cell: unknown, column: Column, zone: Zone, decimals = 0): string {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date) return `${formatDay(cell.getTime(), zone)} ${formatClockMs(cell.getTime(), zone)}`;
  if (typeof cell === 'number') {
    if (column.unit) return formatValue(cell, { unit: column.unit }).text;
    return column.type === 'int64' ? String(cell) : formatValue(cell, { unit: 'none', decimals }).text;
  }
  if (typeof cell === 'object') return JSON.stringify(cell);
  return String(cell);
}
