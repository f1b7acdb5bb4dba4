import { createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, Show, untrack } from 'solid-js';
import { sourceStream } from '../../contract/spec/source-stream.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import type { QueryOptions, Row, Status } from '../../contract/worker-api.ts';
import { isOpening } from '../board/opening.ts';
import { type Failure, failureOf } from '../data/failure.ts';
import { formatValue } from '../format.ts';
import type { Zone } from '../format-time.ts';
import { SortedTable } from '../panels/frame/sorted-table.tsx';
import { Problem } from '../panels/panel-words.tsx';
import { MAX_ROWS, tooLateSql, tooLateTable } from './rows-too-late.ts';

/** Rows may come too late all the time: what is listed is asked for so often at most. */
const EVERY_MS = 5_000;

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
  const [found, setFound] = createSignal<{ readonly stream: string; readonly rows: readonly Row[] } | null>(null);
  /** None yet of a stream that was just chosen: those of the one before are not its. */
  const rows = createMemo(() => {
    const now = found();
    return now !== null && now.stream === stream() ? now.rows : null;
  });
  const [failed, setFailed] = createSignal<Failure | null>(null);
  const any = createMemo(() => total() > 0);
  const turn = createMemo(() => Math.floor(props.nowMs / EVERY_MS));
  let asked: { readonly stream: string; total: number | null; waiting: boolean } | null = null;
  createEffect(
    // Asked again when there are more of them, now and then.
    on([stream, turn, any], ([name]) => {
      const now = untrack(total);
      if (name === null) return;
      if (asked?.stream === name && (asked.waiting || asked.total === now)) return;
      const question = { stream: name, total: now as number | null, waiting: true };
      asked = question;
      props.query(tooLateSql(name), { maxRows: MAX_ROWS }).then(
        (told) => {
          question.waiting = false;
          if (question !== asked) return;
          setFound({ stream: name, rows: told });
          setFailed(null);
        },
        (error: unknown) => {
          question.waiting = false;
          question.total = null;
          if (question === asked) setFailed(failureOf(error));
        },
      );
    }),
  );
  onCleanup(() => {
    asked = null;
  });
  /** Windows fed by it that refused rows, by how many. */
  const refused = createMemo(() =>
    Object.entries(props.status?.windows ?? {})
      .filter(
        ([name, { tooLateAssignments }]) => tooLateAssignments > 0 && sourceStream(name, props.windows) === stream(),
      )
      .map(([name, { tooLateRows, tooLateAssignments }]) => ({ name, tooLateRows, tooLateAssignments })),
  );
  createEffect(on(stream, () => setFailed(null), { defer: true }));
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
      <Show
        when={rows() !== null}
        fallback={
          <Show when={failed() === null && stream() !== null}>
            <p role="status">
              {props.status && isOpening(props.status)
                ? 'What this browser kept is being read back: the rows stand here once it is.'
                : 'The rows are being read.'}
            </p>
          </Show>
        }
      >
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
