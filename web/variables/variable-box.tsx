import { createEffect, createMemo, createSignal, For, type JSX, on, Show } from 'solid-js';
import type { Variable } from '../../contract/spec/variable.ts';
import type { QueryOptions, Row } from '../../contract/worker-api.ts';
import { found, MAX_OPTIONS, type Options, optionsOf, optionsSql } from './options.ts';
import { valueWords } from './value-words.ts';

type Value = string | null;

const REFRESH_MS = 60_000;

/** A variable's values, to be searched and chosen from: several, where several may be. */
export function VariableBox(props: {
  variable: Variable;
  label: string;
  values: readonly Value[];
  nowMs: number;
  query: (sql: string, options?: QueryOptions) => Promise<Row[]>;
  onChoose: (values: readonly Value[]) => void;
}): JSX.Element {
  const [options, setOptions] = createSignal<Options | null>(null);
  const [failed, setFailed] = createSignal<string | null>(null);
  const [search, setSearch] = createSignal('');
  let list: HTMLDivElement | undefined;
  const ask = async () => {
    const sql = optionsSql(props.variable);
    if (sql === null) {
      setOptions({ values: 'values' in props.variable ? props.variable.values : [], more: false });
      return;
    }
    try {
      setOptions(optionsOf(await props.query(sql)));
      setFailed(null);
    } catch (error) {
      setFailed(error instanceof Error ? error.message : String(error));
    }
  };
  const openedMs = props.nowMs;
  const turn = createMemo(() => Math.floor((props.nowMs - openedMs) / REFRESH_MS));
  createEffect(on(turn, () => void ask()));
  const shown = createMemo(() => found(options()?.values ?? [], props.values, search()));
  /** What was written is offered though it is not among the values. */
  const written = () => {
    const text = search().trim();
    return text !== '' && !shown().includes(text) ? text : null;
  };
  const choose = (value: Value) => {
    const has = props.values.includes(value);
    if (!props.variable.multi) return props.onChoose(has ? [] : [value]);
    props.onChoose(has ? props.values.filter((one) => one !== value) : [...props.values, value]);
  };
  const keys = (event: KeyboardEvent) => {
    const all = [...(list?.querySelectorAll<HTMLElement>('[role="option"]') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (next === undefined || all.length === 0) return;
    event.preventDefault();
    all[(next + all.length) % all.length]?.focus();
  };
  const option = (value: Value, words: string) => (
    <button type="button" role="option" aria-selected={props.values.includes(value)} onClick={() => choose(value)}>
      <span class="check" aria-hidden="true" />
      <span class="words" classList={{ faint: value === null || value === '' }}>
        {words}
      </span>
    </button>
  );
  return (
    <div class="variable-box">
      <input
        type="text"
        aria-label={`Search ${props.label}`}
        placeholder="Search"
        autocomplete="off"
        spellcheck={false}
        value={search()}
        onInput={(event) => setSearch(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') keys(event);
          const [only, ...others] = shown();
          if (event.key !== 'Enter' || search() === '') return;
          const wanted = written();
          if (only !== undefined && others.length === 0) choose(only);
          else if (wanted !== null && only === undefined) choose(wanted);
        }}
      />
      <div
        ref={list}
        class="options"
        role="listbox"
        tabIndex={-1}
        aria-label={props.label}
        aria-multiselectable={props.variable.multi}
        onKeyDown={keys}
      >
        <button
          type="button"
          role="option"
          aria-selected={props.values.length === 0}
          onClick={() => props.onChoose([])}
        >
          <span class="check" aria-hidden="true" />
          <span class="words">All</span>
        </button>
        <For each={shown()}>{(value) => option(value, valueWords(value))}</For>
        <Show when={written()} keyed>
          {(text) => option(text, `“${text}”`)}
        </Show>
      </div>
      <Show when={failed()}>{(words) => <p class="problem-of-field">{words()}</p>}</Show>
      <Show when={!failed() && options()?.more}>
        <p class="note">The first {MAX_OPTIONS}: write one that is not here.</p>
      </Show>
      <Show when={!failed() && options()?.values.length === 0}>
        <p class="note">No events yet.</p>
      </Show>
    </div>
  );
}
