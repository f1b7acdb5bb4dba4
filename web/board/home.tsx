import { createMemo, createSignal, For, type JSX, Show } from 'solid-js';
import type { Boards, Status } from '../../contract/worker-api.ts';
import { formatValue } from '../format.ts';
import type { Rates } from '../health/rates.ts';
import { useShortcuts } from '../shortcuts/shortcuts.ts';
import { type BoardEntry, boardEntries, matching, streamState } from './home-entries.ts';
import { lettersHref } from './letters-href.ts';
import { awaited } from './notices.ts';

export interface HomeProps {
  readonly boards: Boards;
  readonly status: Status | null;
  readonly rates: Rates;
  readonly nowMs: number;
  readonly href: (board: string) => string;
  readonly healthHref: string;
  readonly onSave: (board: string) => void;
}

/** The boards there are, to be searched and opened; while there is none, what will stand here and what it waits for. */
export function Home(props: HomeProps): JSX.Element {
  const [text, setText] = createSignal('');
  const entries = createMemo(() => boardEntries(props.boards));
  const shown = createMemo(() => matching(entries(), text()));
  let search: HTMLInputElement | undefined;
  let list: HTMLUListElement | undefined;
  useShortcuts([{ keys: '/', group: 'Everywhere', label: 'Search the boards', run: () => search?.focus() }]);
  const cards = () => [...(list?.querySelectorAll<HTMLElement>('.card-link') ?? [])];
  /** From the search down into the list, and there from card to card. */
  const move = (event: KeyboardEvent) => {
    const all = cards();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowDown: columnsOf(list), ArrowUp: -columnsOf(list), ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined || all.length === 0) return;
    if (at < 0) {
      if (event.key !== 'ArrowDown') return;
      event.preventDefault();
      return all[0]?.focus();
    }
    event.preventDefault();
    if (at + step < 0) search?.focus();
    else all[Math.min(all.length - 1, at + step)]?.focus();
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (text() !== '') cards()[0]?.click();
  };
  return (
    <main class="home" onKeyDown={move}>
      <Show
        when={entries().length > 0}
        fallback={
          <>
            <h1 class="sr-only">Boards</h1>
            <p class="empty">{awaited(props.status)}</p>
          </>
        }
      >
        <header class="home-head">
          <h1>Boards</h1>
          <search>
            <form onSubmit={submit}>
              <input
                ref={search}
                type="search"
                placeholder="Search titles, panels, tags, streams"
                aria-label="Search boards by title, panel, tag or stream"
                aria-keyshortcuts="/"
                value={text()}
                onInput={(event) => setText(event.currentTarget.value)}
              />
            </form>
          </search>
          <nav aria-label="Places">
            <a href={props.healthHref}>Pipeline health</a>
            <a href={lettersHref()}>Dead letters</a>
          </nav>
        </header>
        <p class="sr-only" role="status">
          {text() === '' ? '' : `${shown().length} of ${entries().length} boards`}
        </p>
        <Show when={shown().length > 0} fallback={<p class="empty">No board is like “{text()}”.</p>}>
          <ul class="cards" ref={list}>
            <For each={shown()}>
              {(entry) => (
                <Card
                  entry={entry}
                  status={props.status}
                  rates={props.rates}
                  nowMs={props.nowMs}
                  href={props.href(entry.name)}
                  onSave={() => props.onSave(entry.name)}
                />
              )}
            </For>
          </ul>
        </Show>
      </Show>
    </main>
  );
}

function Card(props: {
  entry: BoardEntry;
  status: Status | null;
  rates: Rates;
  nowMs: number;
  href: string;
  onSave: () => void;
}): JSX.Element {
  const { board } = props.entry;
  return (
    <li class="card" data-card={props.entry.name}>
      <h2>
        <a class="card-link" href={props.href}>
          {board.title}
        </a>
      </h2>
      <Show when={board.description}>{(text) => <p class="card-text">{text()}</p>}</Show>
      <ul class="card-streams" aria-label="Streams">
        <For each={props.entry.streams}>
          {(name) => {
            const perSecond = () => props.rates[name]?.perSecond ?? null;
            const state = () => streamState(props.status, name, { nowMs: props.nowMs, perSecond: perSecond() });
            return (
              <li data-tone={state().tone}>
                <span class="dot" aria-hidden="true" />
                <span class="name">{name}</span>
                <span class="word">{state().word}</span>
                <span class="rate">{rateWords(perSecond())}</span>
              </li>
            );
          }}
        </For>
      </ul>
      <p class="card-foot">
        <span>
          {board.panels.length} {board.panels.length === 1 ? 'panel' : 'panels'}
        </span>
        <Show when={props.entry.made}>
          <span class="card-mark" title="Nobody has written a file for it: it was made from the stream">
            made for you
          </span>
        </Show>
        <Show when={props.entry.problems > 0}>
          <span class="card-problem" title="Its file was changed and is wrong: the last good version is shown">
            {props.entry.problems} {props.entry.problems === 1 ? 'problem' : 'problems'} in its file
          </span>
        </Show>
        <For each={board.tags ?? []}>{(tag) => <span class="card-tag">{tag}</span>}</For>
        <button type="button" class="card-save" onClick={() => props.onSave()}>
          Save as a file<span class="sr-only">: {board.title}</span>
        </button>
      </p>
    </li>
  );
}

/** `1,204/s` */
export function rateWords(perSecond: number | null): string {
  if (perSecond === null) return '';
  return formatValue(perSecond, { unit: 'eps', decimals: perSecond < 10 ? 1 : 0 }).text;
}

/** How many cards stand side by side. */
function columnsOf(list: HTMLElement | undefined): number {
  return list ? getComputedStyle(list).gridTemplateColumns.split(' ').length : 1;
}
