import { createEffect, createMemo, createSignal, For, type JSX, on, Show } from 'solid-js';
import { sourceStream } from '../../contract/spec/source-stream.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import type { QueryOptions, Row, Status } from '../../contract/worker-api.ts';
import { formatValue } from '../format.ts';
import type { Zone } from '../format-time.ts';
import { SortedTable } from '../panels/frame/sorted-table.tsx';
import { Problem } from '../panels/panel-words.tsx';
import { MAX_ROWS, tooLateSql, tooLateTable } from './rows-too-late.ts';

export interface TooLateProps {
  /** Null: the first of which rows came too late, and others to choose from. */
  readonly stream: string | null;
  readonly status: Status | null;
  readonly windows: Readonly<Record<string, WindowSpec>>;
  readonly query: (sql: string, options?: QueryOptions) => Promise<Row[]>;
  readonly zone: Zone;
  readonly nowMs: number;
}

/** The very rows that came too late, and which windows did not count them. */
export default function TooLate(props: TooLateProps): JSX.Element {
  const streams = createMemo(() =>
    Object.entries(props.status?.streams ?? {}).map(([name, { tooLate }]) => ({ name, tooLate })),
  );
  const [chosen, setChosen] = createSignal(props.stream);
  const stream = createMemo(
    () => chosen() ?? (streams().find(({ tooLate }) => tooLate > 0) ?? streams()[0])?.name ?? null,
  );
  const total = createMemo(() => streams().find(({ name }) => name === stream())?.tooLate ?? 0);
  const [rows, setRows] = createSignal<readonly Row[] | null>(null);
  const [failed, setFailed] = createSignal<{ message: string; fix: string } | null>(null);
  let asked = 0;
  createEffect(
    // Asked again when there are more of them.
    on([stream, total], ([name]) => {
      const turn = ++asked;
      if (name === null) return;
      props.query(tooLateSql(name), { maxRows: MAX_ROWS }).then(
        (found) => {
          if (turn !== asked) return;
          setRows(found);
          setFailed(null);
        },
        (error: unknown) => {
          const [message = '', fix = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
          if (turn === asked) setFailed({ message, fix });
        },
      );
    }),
  );
  /** Windows fed by it that refused rows, by how many. */
  const refused = createMemo(() =>
    Object.entries(props.status?.windows ?? {})
      .filter(
        ([name, { tooLateAssignments }]) => tooLateAssignments > 0 && sourceStream(name, props.windows) === stream(),
      )
      .map(([name, { tooLateRows, tooLateAssignments }]) => ({ name, tooLateRows, tooLateAssignments })),
  );
  const table = createMemo(() => tooLateTable(rows() ?? [], stream() ?? '', props.windows));
  return (
    <>
      <Show when={streams().length > 1}>
        <label class="sheet-field">
          Stream
          <select value={stream() ?? ''} onChange={(event) => setChosen(event.currentTarget.value)}>
            <For each={streams()}>
              {({ name, tooLate }) => (
                <option value={name} selected={name === stream()}>
                  {name} ({count(tooLate)})
                </option>
              )}
            </For>
          </select>
        </label>
      </Show>
      <p>
        <b>{count(total())}</b> {total() === 1 ? 'row' : 'rows'} of {stream() ?? 'no stream'} came after every window
        they belong to had ended: {total() === 1 ? 'it is' : 'they are'} in no chart. Rows that one window refused and
        another took are listed too.
      </p>
      <Show when={refused().length > 0}>
        <section>
          <h3>Windows that refused rows</h3>
          <ul>
            <For each={refused()}>
              {({ name, tooLateRows, tooLateAssignments }) => (
                <li>
                  {name}: {count(tooLateRows)} {tooLateRows === 1 ? 'row' : 'rows'}
                  <Show when={tooLateAssignments !== tooLateRows}>
                    , {count(tooLateAssignments)} times counted by window
                  </Show>
                </li>
              )}
            </For>
          </ul>
        </section>
      </Show>
      <Show when={failed()}>{(problem) => <Problem {...problem()} />}</Show>
      <Show when={rows() !== null}>
        <SortedTable
          caption={`Rows of ${stream()} that came too late`}
          fileName={`too-late-${stream() ?? 'rows'}`}
          table={table()}
          zone={props.zone}
          empty={`No row of ${stream() ?? 'any stream'} has come too late since this page was opened.`}
        />
      </Show>
    </>
  );
}

function count(value: number): string {
  return formatValue(value, { unit: 'none', decimals: 0 }).text;
}
