import { createEffect, createSignal, For, type JSX, on, onCleanup, Show } from 'solid-js';
import type { Clock } from '../../contract/clock.ts';
import type { LetterList, ShownLetter } from '../../contract/dead-letters.ts';
import { Mark } from '../board/icons.tsx';
import { createTheme } from '../board/theme.ts';
import { ThemeButton } from '../board/theme-button.tsx';
import { nextTheme } from '../board/themes.ts';
import { formatValue } from '../format.ts';
import { Problem } from '../panels/panel-words.tsx';
import { Groups } from './groups.tsx';
import { LetterRow } from './letter-row.tsx';
import { Replay } from './replay.tsx';
import { downloadHref, fetchLetters, type LettersView, readLettersView, writeLettersView } from './requests.ts';

/** How often the list is asked for again while it stands at the newest. */
const REFRESH_MS = 3_000;
const TYPING_MS = 250;

/**
 * Records that could not become rows: what kinds there are, one by one, and, once what made them so is mended, as rows.
 *
 *     address ─▶ view ─▶ list (refreshed) ─▶ groups │ letters ─▶ one letter
 *        ▲         └─▶ replay: tried first, then for good
 *        └─────────┘
 */
export function DeadLetters(props: { clock: Clock }): JSX.Element {
  const [view, setView] = createSignal(readLettersView(location.search));
  const [list, setList] = createSignal<LetterList | null>(null);
  const [older, setOlder] = createSignal<readonly ShownLetter[]>([]);
  const [next, setNext] = createSignal<number | null>(null);
  const [failure, setFailure] = createSignal<string | null>(null);
  const [open, setOpen] = createSignal<number | null>(null);
  const [loading, setLoading] = createSignal(false);
  const theme = createTheme(view().theme);
  let asking = new AbortController();
  let cancelRefresh = (): void => undefined;

  const go = (change: Partial<LettersView>): void => {
    setView({ ...view(), ...change });
    history.replaceState(null, '', `${location.pathname}${writeLettersView(view())}`);
  };
  const load = async (): Promise<void> => {
    cancelRefresh();
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    try {
      const found = await fetchLetters(view(), null, signal);
      setList({ ...found, letters: known(found.letters) });
      if (older().length === 0) setNext(found.next);
      setFailure(null);
    } catch (error) {
      if (signal.aborted) return;
      setFailure(error instanceof Error ? error.message : String(error));
    }
    cancelRefresh = props.clock.after(REFRESH_MS, load);
  };
  /** A letter that is shown already stays the object it was, so that its row stays too. */
  const known = (found: readonly ShownLetter[]): readonly ShownLetter[] => {
    const shown = new Map(list()?.letters.map((letter) => [letter.id, letter]));
    return found.map((letter) => {
      const before = shown.get(letter.id);
      return before?.state === letter.state && before.atMs === letter.atMs ? before : letter;
    });
  };
  const more = async (): Promise<void> => {
    const before = next();
    if (before === null || loading()) return;
    setLoading(true);
    try {
      const found = await fetchLetters(view(), before, asking.signal);
      setOlder([...older(), ...found.letters]);
      setNext(found.next);
    } catch (error) {
      if (!asking.signal.aborted) setFailure(error instanceof Error ? error.message : String(error));
    }
    setLoading(false);
  };
  createEffect(
    on(view, () => {
      setOlder([]);
      setOpen(null);
      void load();
    }),
  );
  onCleanup(() => {
    asking.abort();
    cancelRefresh();
  });

  let cancelTyping = (): void => undefined;
  const typed = (text: string): void => {
    cancelTyping();
    cancelTyping = props.clock.after(TYPING_MS, () => go({ text }));
  };
  const stream = () => list()?.stream ?? view().stream ?? '';
  /** What came since, above; what was paged to, below; each once. */
  const letters = (): readonly ShownLetter[] => {
    const first = list()?.letters ?? [];
    const last = first.at(-1)?.id ?? 0;
    return [...first, ...older().filter(({ id }) => id < last)];
  };
  const filtered = () => view().text !== '' || view().kind !== null;
  const home = () => `./${view().theme === null ? '' : `?theme=${view().theme}`}`;

  return (
    <>
      <header class="bar">
        <a class="brand" href={home()} aria-label="Highwater">
          <Mark /> <span class="word">Highwater</span>
        </a>
        <nav class="crumbs always" aria-label="Places">
          <a href={home()}>Boards</a> / <h1>Dead letters</h1>
        </nav>
        <div class="controls">
          <div class="group">
            <ThemeButton
              shown={theme.shown()}
              onTurn={() => {
                const next = nextTheme(theme.shown());
                theme.set(next);
                go({ theme: next });
              }}
            />
          </div>
        </div>
      </header>
      <main class="letters">
        <Show when={failure()}>
          {(message) => (
            <Problem message={`The relay did not answer: ${message()}`} fix="It is asked again every few seconds." />
          )}
        </Show>
        <Show
          when={list()}
          fallback={
            <Show when={!failure()}>
              <p class="letters-empty">Asking the relay…</p>
            </Show>
          }
        >
          {(found) => (
            <>
              <div class="letters-head">
                <Show when={found().streams.length > 1} fallback={<h2>{found().stream}</h2>}>
                  <select
                    aria-label="Stream"
                    value={found().stream}
                    onChange={(event) => go({ stream: event.currentTarget.value, kind: null })}
                  >
                    <For each={found().streams}>
                      {({ name, count }) => (
                        <option value={name} selected={name === found().stream}>
                          {name} ({whole(count)})
                        </option>
                      )}
                    </For>
                  </select>
                </Show>
                <p class="letters-count">
                  <b>{whole(found().count)}</b> {found().count === 1 ? 'record is' : 'records are'} missing from the
                  boards
                  <Show when={found().letGo > 0}>
                    <span title="There was no room for them, or the disk has damaged them: they can be neither seen nor replayed">
                      , {whole(found().letGo)} of them let go
                    </span>
                  </Show>
                </p>
                <div class="letters-tools">
                  <input
                    type="search"
                    placeholder="Search reason and content"
                    aria-label="Search reason and content"
                    value={view().text}
                    onInput={(event) => typed(event.currentTarget.value)}
                  />
                  <div class="group">
                    <button
                      type="button"
                      class="control"
                      classList={{ active: view().state === 'waiting' }}
                      aria-pressed={view().state === 'waiting'}
                      onClick={() => go({ state: 'waiting', kind: null })}
                    >
                      Missing
                    </button>
                    <button
                      type="button"
                      class="control"
                      classList={{ active: view().state === 'replayed' }}
                      aria-pressed={view().state === 'replayed'}
                      onClick={() => go({ state: 'replayed', kind: null })}
                    >
                      Replayed
                    </button>
                  </div>
                  <a class="control framed" href={downloadHref(stream(), view())} download="">
                    Download
                  </a>
                </div>
              </div>
              <Show when={found().trouble}>
                {(trouble) => <Problem message={trouble().message} fix={trouble().fix} />}
              </Show>
              <Show when={view().state === 'waiting' && letters().length > 0}>
                <Replay
                  stream={stream()}
                  view={view()}
                  filtered={filtered()}
                  replayable={found().replayable}
                  onDone={() => void load()}
                />
              </Show>
              <div class="letters-body" classList={{ alone: found().groups.length === 0 }}>
                <Show when={found().groups.length > 0}>
                  <Groups groups={found().groups} chosen={view().kind} onChoose={(kind) => go({ kind })} />
                </Show>
                <section class="letters-list" aria-label="Letters">
                  <For each={letters()} fallback={<p class="letters-empty">{emptyWords(view(), found())}</p>}>
                    {(letter) => (
                      <LetterRow
                        stream={stream()}
                        letter={letter}
                        open={open() === letter.id}
                        onToggle={() => setOpen(open() === letter.id ? null : letter.id)}
                        onDropped={() => {
                          setOpen(null);
                          setOlder(older().filter(({ id }) => id !== letter.id));
                          void load();
                        }}
                      />
                    )}
                  </For>
                  <Show when={next() !== null}>
                    <button type="button" class="more" disabled={loading()} onClick={() => void more()}>
                      {loading() ? 'Reading…' : 'Older ones'}
                    </button>
                  </Show>
                </section>
              </div>
            </>
          )}
        </Show>
      </main>
    </>
  );
}

function emptyWords({ text, kind, state }: LettersView, { stream }: LetterList): string {
  if (text !== '' || kind !== null) return 'None of them is like that.';
  if (state === 'replayed') return 'None has been replayed yet.';
  return `No record of ${stream} is missing.`;
}

export function whole(value: number): string {
  return formatValue(value, { unit: 'none', decimals: 0 }).text;
}
