import { createVirtualizer } from '@tanstack/solid-virtual';
import { createMemo, createSignal, Index, type JSX, onMount, Show } from 'solid-js';
import type { Link } from '../../contract/spec/panels/parts.ts';
import { useBoard } from './board-context.ts';
import { createHold, type Hold } from './hold.ts';
import type { Room, Sort } from './kind-props.ts';
import { TABLE_ROW_REM } from './panel-request.ts';
import { Key } from './pick.tsx';
import { nextSort } from './table-rows.ts';

/** A column as it is drawn. */
export interface GridColumn {
  readonly name: string;
  readonly title: string;
  readonly kind: 'text' | 'number' | 'time' | 'row-state';
  /** Fixed, in rem; null: it shares what is left by the length of its texts. */
  readonly widthRem: number | null;
}

/** A cell as it is drawn. */
export interface GridCell {
  readonly text: string;
  /** CSS. */
  readonly color?: string | null | undefined;
  readonly level?: 'warn' | 'alarm' | undefined;
  /** Of a bar behind the number, 0 to 1. */
  readonly bar?: number | null | undefined;
  readonly state?: string | undefined;
  /** Its text is a value of a by-column, which can be chosen. */
  readonly key?: { readonly column: string; readonly name: string; readonly link: Link | undefined } | undefined;
}

export interface GridTableProps<Row> {
  readonly label: string;
  readonly columns: readonly GridColumn[];
  readonly rows: readonly Row[];
  readonly cell: (row: Row, column: number) => GridCell;
  readonly rowKey?: (row: Row) => string;
  readonly sort: Sort | null;
  readonly onSort: (sort: Sort | null) => void;
  readonly room: Room;
  /** What is not listed, such as `+ 12 more`; empty: nothing. */
  readonly note: string;
  /** New rows while these are held. */
  readonly missed: number;
  readonly hold: (hold: Hold) => void;
}

const LONGEST = 24;
const FOOT_REM = 1.375;
/** How much higher than usual the rows are where there are few. */
const FEW = 1.4;

/**
 * A table of up to a thousand rows, of which those in sight are drawn. Its columns are as wide as their longest text was
 * so far, so that nothing moves when values change.
 */
export function GridTable<Row>(props: GridTableProps<Row>): JSX.Element {
  const board = useBoard();
  const rem = () => 16 * board.ink().scale;
  const [scroller, setScroller] = createSignal<HTMLDivElement>();
  let node: HTMLDivElement | undefined;
  // Before it is part of the page, an element has no window to be watched by.
  onMount(() => setScroller(node));
  const hold = createHold(scroller, board.nowMs);
  props.hold(hold);
  const rowPx = createMemo(() => {
    const least = TABLE_ROW_REM * rem();
    const free = props.room.height - (0.125 + TABLE_ROW_REM) * rem() - (props.note !== '' ? FOOT_REM * rem() : 0);
    const fit = Math.max(1, Math.floor(free / least));
    const rows = Math.min(fit, Math.max(1, props.rows.length));
    // What is left over under the last whole row is shared out, so that the table ends where the panel does; of a few
    // rows as much as keeps them together.
    return Math.max(least, Math.floor(rows < fit ? Math.min(free / rows, least * FEW) : free / fit));
  });
  const virtual = createVirtualizer<HTMLDivElement, HTMLTableRowElement>({
    get count() {
      return props.rows.length;
    },
    getScrollElement: () => scroller() ?? null,
    estimateSize: () => rowPx(),
    overscan: 3,
    get initialRect() {
      return { width: props.room.width, height: props.room.height };
    },
  });
  const first = () => virtual.getVirtualItems()[0]?.index ?? 0;
  const shown = createMemo(() => {
    const items = virtual.getVirtualItems();
    const from = items[0]?.index ?? 0;
    return props.rows.slice(from, (items.at(-1)?.index ?? -1) + 1);
  });
  const before = () => first() * rowPx();
  const after = () => Math.max(0, (props.rows.length - first() - shown().length) * rowPx());
  const lengths = createMemo<ReadonlyMap<string, number>>(
    (past) =>
      new Map(
        props.columns.map(({ name, title }, at) => {
          const texts = shown().map((row) => props.cell(row, at).text.length);
          return [name, Math.min(LONGEST, Math.max(past.get(name) ?? 4, title.length, ...texts))];
        }),
      ),
    new Map(),
  );
  const restPx = () =>
    props.room.width - props.columns.reduce((sum, { widthRem }) => sum + (widthRem ?? 0), 0) * rem() - 1;
  const letters = () =>
    props.columns.reduce(
      (sum, { name, widthRem }) => sum + (widthRem === null ? (lengths().get(name) ?? 4) + 2 : 0),
      0,
    );
  const widthOf = ({ name, widthRem }: GridColumn) =>
    widthRem === null ? `${(restPx() / letters()) * ((lengths().get(name) ?? 4) + 2)}px` : `${widthRem}rem`;
  const sorted = (name: string) => (props.sort?.by === name ? props.sort.direction : 'none');
  const notes = () =>
    [
      hold.held() ? 'held while you read' : null,
      props.missed > 0 ? `${props.missed >= 1000 ? 'over 1,000' : props.missed} new` : null,
    ].filter(Boolean);
  return (
    <>
      <div
        ref={(made) => {
          node = made;
        }}
        class="table-scroller"
        style={{ '--table-row': `${rowPx()}px` }}
      >
        <table class="rows" aria-label={props.label} aria-rowcount={props.rows.length + 1}>
          <colgroup>
            <Index each={props.columns}>{(column) => <col style={{ width: widthOf(column()) }} />}</Index>
          </colgroup>
          <thead>
            <tr aria-rowindex="1">
              <Index each={props.columns}>
                {(column) => (
                  <th scope="col" class={column().kind} aria-sort={sorted(column().name)}>
                    <button
                      type="button"
                      class="sorter"
                      title={`Sort by ${column().title}`}
                      onClick={() =>
                        props.onSort(nextSort(props.sort, column().name, ['number', 'time'].includes(column().kind)))
                      }
                    >
                      <span>{column().title}</span>
                      <span class="arrow" aria-hidden="true">
                        {{ ascending: '▲', descending: '▼', none: '' }[sorted(column().name)]}
                      </span>
                    </button>
                  </th>
                )}
              </Index>
            </tr>
          </thead>
          <tbody>
            <Show when={before() > 0}>
              <tr class="spacer" style={{ height: `${before()}px` }} />
            </Show>
            <Index each={shown()}>
              {(row, index) => (
                <tr data-row={first() + index} data-key={props.rowKey?.(row())} aria-rowindex={first() + index + 2}>
                  <Index each={props.columns}>
                    {(column, at) => <Cell cell={props.cell(row(), at)} kind={column().kind} />}
                  </Index>
                </tr>
              )}
            </Index>
            <Show when={after() > 0}>
              <tr class="spacer" style={{ height: `${after()}px` }} />
            </Show>
          </tbody>
        </table>
      </div>
      <Show when={props.note !== ''}>
        <p class="panel-note">{props.note}</p>
      </Show>
      <Show when={notes().length > 0}>
        <button type="button" class="held-note" data-held={hold.held() ? '' : undefined} onClick={hold.release}>
          {notes().join(' · ')}
        </button>
      </Show>
    </>
  );
}

function Cell(props: { readonly cell: GridCell; readonly kind: GridColumn['kind'] }): JSX.Element {
  return (
    <td
      class={props.kind}
      data-alarm={props.cell.level}
      classList={{ barred: props.cell.bar != null }}
      style={{
        '--cell': props.cell.color ?? undefined,
        '--cell-bar': props.cell.bar == null ? undefined : `${(props.cell.bar * 100).toFixed(1)}%`,
      }}
      title={props.kind === 'text' ? props.cell.text : undefined}
    >
      <Show
        when={props.kind === 'row-state'}
        fallback={
          <Show when={props.cell.key} fallback={props.cell.text}>
            {(key) => <Key column={key().column} name={key().name} text={props.cell.text} link={key().link} />}
          </Show>
        }
      >
        <span class="chip" data-row-state={props.cell.state}>
          {props.cell.text}
        </span>
      </Show>
    </td>
  );
}
