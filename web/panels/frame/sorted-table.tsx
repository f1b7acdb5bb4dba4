import { createMemo, createSignal, For, Index, type JSX, Show } from 'solid-js';
import { CopyButton } from '../../dialog/copy-button.tsx';
import { downloadText } from '../../dialog/download.ts';
import { formatValue } from '../../format.ts';
import type { Zone } from '../../format-time.ts';
import type { PictureTable } from './picture-table.ts';
import { cellText, csvOf, sortedRows, type TableSort } from './table-text.ts';

/** More rows are in what is copied and downloaded. */
const MAX_SHOWN = 500;

/** A plain table that can be sorted, copied and downloaded; its numbers may change under it. */
export function SortedTable(props: {
  /** What it is of, for who cannot see it. */
  caption: string;
  fileName: string;
  table: PictureTable;
  zone: Zone;
  empty: string;
}): JSX.Element {
  const [sort, setSort] = createSignal<TableSort | null>(null);
  const sorted = createMemo(() => sortedRows(props.table.rows, sort(), props.table.columns));
  const shown = createMemo(() => sorted().slice(0, MAX_SHOWN));
  const columns = createMemo(() => props.table.columns, undefined, {
    equals: (a, b) => JSON.stringify(a) === JSON.stringify(b),
  });
  const turn = (column: number) => {
    const now = sort();
    if (now?.column !== column) setSort({ column, descending: columns()[column]?.type !== 'text' });
    else setSort({ column, descending: !now.descending });
  };
  const order = (column: number) => {
    const now = sort();
    if (now?.column !== column) return 'none';
    return now.descending ? 'descending' : 'ascending';
  };
  return (
    <>
      <div class="table-tools">
        <p>
          {whole(sorted().length)} {sorted().length === 1 ? 'row' : 'rows'}
          <Show when={sorted().length > MAX_SHOWN}>, the first {whole(MAX_SHOWN)} shown</Show>
        </p>
        <CopyButton label="Copy as CSV" text={() => csvOf(props.table, sorted())} />
        <button
          type="button"
          class="sheet-button"
          onClick={() => downloadText(`${props.fileName}.csv`, csvOf(props.table, sorted()), 'text/csv')}
        >
          Download CSV
        </button>
      </div>
      <Show when={sorted().length > 0} fallback={<p class="table-empty">{props.empty}</p>}>
        <section class="table-scroll" aria-label={props.caption}>
          <table class="plain-table">
            <caption class="sr-only">{props.caption}</caption>
            <thead>
              <tr>
                <For each={columns()}>
                  {(column, at) => (
                    <th scope="col" aria-sort={order(at())} data-type={column.type}>
                      <button type="button" onClick={() => turn(at())}>
                        {column.name}
                        <span aria-hidden="true">
                          {order(at()) === 'none' ? '' : order(at()) === 'descending' ? ' ↓' : ' ↑'}
                        </span>
                      </button>
                    </th>
                  )}
                </For>
              </tr>
            </thead>
            <tbody>
              <Index each={shown()}>
                {(row) => (
                  <tr>
                    <For each={columns()}>
                      {(column, at) => <td data-type={column.type}>{cellText(row()[at()], column, props.zone)}</td>}
                    </For>
                  </tr>
                )}
              </Index>
            </tbody>
          </table>
        </section>
      </Show>
      <For each={props.table.notes}>{(note) => <p class="table-note">{note}</p>}</For>
    </>
  );
}

function whole(value: number): string {
  return formatValue(value, { unit: 'none', decimals: 0 }).text;
}
