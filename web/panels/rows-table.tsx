import { createMemo, Index, type JSX } from 'solid-js';
import type { TablePanel } from '../../contract/spec/panel.ts';
import { formatClock, formatClockMs } from '../format-time.ts';
import { useBoard } from './board-context.ts';
import type { KindProps } from './kind-props.ts';
import { TABLE_ROW_REM } from './panel-request.ts';
import { cellText, tableColumns } from './table-columns.ts';

/** Least width of a column, in rem, before columns on the right give way. */
const COLUMN_REM = 5.25;
const STATE_REM = 5.75;
/** Below this width a table is on a phone. */
const NARROW_REM = 28;
const LONGEST = 24;

/** A stream's latest rows, as many as the panel has room for, newest event first. */
export function RowsTable(props: KindProps<TablePanel, 'rows'>): JSX.Element {
  const board = useBoard();
  const rem = () => 16 * board.ink().scale;
  const narrow = () => props.room.width < NARROW_REM * rem();
  const timeRem = () => (narrow() ? 4.75 : 7.25);
  const restPx = () => props.room.width - (timeRem() + STATE_REM) * rem();
  const ids = createMemo(() => {
    const fields = board.status()?.streams[props.panel.stream ?? '']?.schema?.fields ?? [];
    return new Set(fields.filter(({ role }) => role === 'id').map(({ name }) => name));
  });
  const columns = createMemo(() =>
    tableColumns(props.picture, ids(), { narrow: narrow(), most: Math.floor(restPx() / (COLUMN_REM * rem())) }),
  );
  // The longest text a column has held, so that its width follows its values and never shrinks back.
  const lengths = createMemo<ReadonlyMap<string, number>>(
    (before) =>
      new Map(
        columns().map((column) => {
          const texts = props.picture.rows.map(({ cells }) => cellText(cells[column.at], column, board.zone()).length);
          const longest = Math.max(before.get(column.name) ?? 4, column.name.length, ...texts);
          return [column.name, Math.min(LONGEST, longest)];
        }),
      ),
    new Map(),
  );
  const letterPx = () => restPx() / [...lengths().values()].reduce((sum, length) => sum + length + 2, 0);
  const most = createMemo(() =>
    Math.max(1, Math.floor((props.room.height - 0.125 * rem()) / (TABLE_ROW_REM * rem())) - 1),
  );
  const rows = createMemo(() => props.picture.rows.slice(0, most()));
  // What is left over under the last whole row is shared out, so that the table ends where the panel does.
  const rowPx = () => Math.floor((props.room.height - (0.125 + TABLE_ROW_REM) * rem()) / most());
  const time = (us: number) => (narrow() ? formatClock : formatClockMs)(us / 1000, board.zone());
  return (
    <table class="rows" style={{ '--table-row': `${rowPx()}px`, '--time': `${timeRem()}rem` }}>
      <colgroup>
        <col class="time" />
        <Index each={[...lengths().values()]}>
          {(length) => <col style={{ width: `${letterPx() * (length() + 2)}px` }} />}
        </Index>
        <col class="chip-cell" />
      </colgroup>
      <thead>
        <tr>
          <th class="time">event time</th>
          <Index each={columns()}>
            {(column) => <th class={column().amount ? 'number' : ''}>{column().name.replaceAll('_', ' ')}</th>}
          </Index>
          <th class="chip-cell">state</th>
        </tr>
      </thead>
      <tbody>
        <Index each={rows()}>
          {(row, index) => (
            <tr data-row={index}>
              <td class="time">{time(row().eventTimeUs)}</td>
              <Index each={columns()}>
                {(column) => (
                  <td class={column().amount ? 'number' : ''}>
                    {cellText(row().cells[column().at], column(), board.zone())}
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
