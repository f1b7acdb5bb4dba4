import { createMemo, createSignal, createUniqueId, For, type JSX, onMount, Show } from 'solid-js';
import type { Boards } from '../../contract/worker-api.ts';
import { boardEntries, matching } from './home-entries.ts';
import { lettersHref } from './letters-href.ts';

interface Place {
  readonly title: string;
  readonly more: string;
  readonly href: string;
}

/** Type, choose, be there: boards and the page's other places. Arrows move, Enter opens. */
export function Switcher(props: {
  boards: Boards;
  href: (board: string) => string;
  healthHref: string;
  onChosen: () => void;
}): JSX.Element {
  const id = createUniqueId();
  const [text, setText] = createSignal('');
  const [at, setAt] = createSignal(0);
  const entries = createMemo(() => boardEntries(props.boards));
  const places = createMemo((): Place[] => {
    const others: Place[] = [
      { title: 'Pipeline health', more: 'sources, lag, watermarks, memory', href: props.healthHref },
      { title: 'Dead letters', more: 'records that could not become rows', href: lettersHref() },
    ];
    return [
      ...matching(entries(), text()).map(({ name, board, streams }) => ({
        title: board.title,
        more: [...(board.tags ?? []), ...streams].join(' · '),
        href: props.href(name),
      })),
      ...others.filter(({ title, more }) => `${title} ${more}`.toLowerCase().includes(text().trim().toLowerCase())),
    ];
  });
  const chosen = () => Math.min(at(), places().length - 1);
  let input: HTMLInputElement | undefined;
  let list: HTMLDivElement | undefined;
  onMount(() => input?.focus());
  const open = () => list?.querySelector<HTMLElement>('[aria-selected="true"]')?.click();
  const move = (event: KeyboardEvent) => {
    const last = places().length - 1;
    const next = { ArrowDown: chosen() + 1, ArrowUp: chosen() - 1 }[event.key];
    if (event.key === 'Enter') {
      event.preventDefault();
      open();
    }
    if (next === undefined) return;
    event.preventDefault();
    setAt(next < 0 ? last : next > last ? 0 : next);
    list?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <div class="switcher">
      <input
        ref={input}
        type="text"
        role="combobox"
        placeholder="Board, panel, tag or stream"
        aria-label="Go to a board"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={places().length > 0 ? `${id}-${chosen()}` : undefined}
        autocomplete="off"
        value={text()}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={move}
      />
      <Show when={places().length > 0} fallback={<p class="empty">Nothing is like “{text()}”.</p>}>
        <div ref={list} id={id} role="listbox" aria-label="Boards and places" tabIndex={-1}>
          <For each={places()}>
            {(place, index) => (
              <a
                id={`${id}-${index()}`}
                href={place.href}
                role="option"
                aria-selected={index() === chosen()}
                tabIndex={-1}
                onClick={() => props.onChosen()}
                onPointerMove={() => setAt(index())}
              >
                <span>{place.title}</span> <small>{place.more}</small>
              </a>
            )}
          </For>
        </div>
      </Show>
    </div>
  );
}
