import { createEffect, createSignal, Index, type JSX, on, onCleanup, onMount, Show } from 'solid-js';
import type { Passed } from './thresholds.ts';

/** A series, or what was before, as the legend says it. */
export interface LegendItem {
  readonly key: string;
  readonly title: string;
  /** CSS. */
  readonly color: string;
  readonly shape: 'line' | 'dashed' | 'thin' | 'fill';
  readonly shown: boolean;
  readonly right: boolean;
  /** Each with its word: `max 12`; the last one alone has none. */
  readonly values: readonly { readonly word: string; readonly text: string }[];
  readonly raw: number | undefined;
  /** What it was so long before. */
  readonly earlier: string | null;
  readonly passed: Passed | null;
  /** False: it is always drawn. */
  readonly canToggle: boolean;
}

export interface LegendProps {
  readonly at: string;
  readonly atTitle: string;
  readonly items: readonly LegendItem[];
  readonly notes: string;
  readonly onToggle: (key: string) => void;
  readonly onOnly: (key: string) => void;
}

const HINT = 'Click: show or hide · with Shift: show alone';

/** Names with their values; a click shows or hides a series, with Shift or Ctrl it is shown alone. */
export function Legend(props: LegendProps): JSX.Element {
  const choose = (key: string, alone: boolean) => (alone ? props.onOnly(key) : props.onToggle(key));
  return (
    <Folding names={props.items.map(({ title }) => title).join()}>
      <Show when={props.at}>
        <li class="at" title={props.atTitle}>
          {props.at}
        </li>
      </Show>
      <Index each={props.items}>
        {(item) => (
          <li data-key={item().key} data-value={item().raw}>
            <Show when={item().canToggle} fallback={<Entry item={item()} />}>
              <button
                type="button"
                aria-pressed={item().shown}
                title={item().passed ? `${item().passed?.word} · ${HINT}` : HINT}
                onClick={(event) => choose(item().key, event.shiftKey || event.ctrlKey || event.metaKey)}
                onKeyDown={(event) => {
                  if (event.key !== 'Enter' || !(event.shiftKey || event.ctrlKey || event.metaKey)) return;
                  event.preventDefault();
                  choose(item().key, true);
                }}
              >
                <Entry item={item()} />
              </button>
            </Show>
          </li>
        )}
      </Index>
      <Show when={props.notes}>
        <li class="note">{props.notes}</li>
      </Show>
    </Folding>
  );
}

/** Two lines of entries; how many do not fit is said, and a click shows them. `names`: of all entries, as one text. */
export function Folding(props: { readonly names: string; readonly children: JSX.Element }): JSX.Element {
  let list: HTMLUListElement | undefined;
  const [open, setOpen] = createSignal(false);
  const [hidden, setHidden] = createSignal(0);
  const count = () => {
    if (!list) return;
    const bottom = list.clientHeight;
    setHidden(open() ? 0 : [...list.children].filter((one) => (one as HTMLElement).offsetTop >= bottom - 2).length);
  };
  onMount(() => {
    if (!list) return;
    const observer = new ResizeObserver(count);
    observer.observe(list);
    onCleanup(() => observer.disconnect());
  });
  createEffect(on([() => props.names, open], count, { defer: true }));
  return (
    <div class="legend-box">
      <ul class="legend" ref={list} data-open={open() ? '' : undefined}>
        {props.children}
      </ul>
      <Show when={hidden() > 0 || open()}>
        <button type="button" class="legend-more" aria-expanded={open()} onClick={() => setOpen(!open())}>
          {open() ? 'fewer' : `+ ${hidden()} more`}
        </button>
      </Show>
    </div>
  );
}

/** In elements of their own: what changes is then a text, and nothing is moved. */
function Entry(props: { readonly item: LegendItem }): JSX.Element {
  /** A limit is passed by the value itself, by no mean of several. */
  const own = () =>
    Math.max(
      0,
      props.item.values.findIndex(({ word }) => word === ''),
    );
  return (
    <span class="entry">
      <span class="swatch" data-shape={props.item.shape} style={{ '--swatch': props.item.color }} />
      <span>{props.item.title}</span>
      <Show when={props.item.right}>
        <span class="side" title="Against the axis on the right">
          →
        </span>
      </Show>
      <Index each={props.item.shown ? props.item.values : []}>
        {(said, place) => (
          <span>
            <Show when={said().word}>
              <span class="word">{said().word} </span>
            </Show>
            <b data-alarm={place === own() ? props.item.passed?.level : undefined}>{said().text}</b>
          </span>
        )}
      </Index>
      <Show when={props.item.shown && props.item.earlier}>{(text) => <span class="was">{text()}</span>}</Show>
    </span>
  );
}
