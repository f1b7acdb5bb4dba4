import { createSignal, createUniqueId, For, type JSX, onCleanup, Show } from 'solid-js';
import { Caret } from './icons.tsx';

export interface MenuItem {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}

/** A button that opens a list to choose one of; arrows move, Enter chooses, Escape closes and gives the focus back. */
export function Menu(props: {
  label: string;
  text: string;
  /** The same where there is little room; left out: `text`. */
  short?: string;
  items: readonly MenuItem[];
  value: string;
  onChoose: (value: string) => void;
}): JSX.Element {
  const [open, setOpen] = createSignal(false);
  const id = createUniqueId();
  let button: HTMLButtonElement | undefined;
  let list: HTMLDivElement | undefined;
  const outside = (event: PointerEvent) => {
    if (event.target instanceof Node && !list?.contains(event.target) && !button?.contains(event.target)) close(false);
  };
  const buttons = () => [...(list?.querySelectorAll('button') ?? [])];
  const show = () => {
    setOpen(true);
    document.addEventListener('pointerdown', outside);
    (list?.querySelector<HTMLElement>('[aria-checked="true"]') ?? buttons()[0])?.focus();
  };
  const close = (refocus = true) => {
    setOpen(false);
    document.removeEventListener('pointerdown', outside);
    if (refocus) button?.focus();
  };
  onCleanup(() => document.removeEventListener('pointerdown', outside));
  const move = (event: KeyboardEvent) => {
    const all = buttons();
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === 'Escape' || event.key === 'Tab') close(event.key === 'Escape');
    if (next === undefined) return;
    event.preventDefault();
    all[(next + all.length) % all.length]?.focus();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class="control"
        aria-label={`${props.label}: ${props.text}`}
        aria-haspopup="menu"
        aria-expanded={open()}
        aria-controls={id}
        onClick={() => (open() ? close() : show())}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          show();
        }}
      >
        <span class="roomy">{props.text}</span>
        <span class="tight">{props.short ?? props.text}</span> <Caret />
      </button>
      <Show when={open()}>
        <div ref={list} id={id} class="menu" role="menu" aria-label={props.label} tabIndex={-1} onKeyDown={move}>
          <For each={props.items}>
            {(item) => (
              <button
                type="button"
                role="menuitemradio"
                aria-checked={item.value === props.value}
                onClick={() => {
                  close();
                  props.onChoose(item.value);
                }}
              >
                {item.label} <small>{item.hint}</small>
              </button>
            )}
          </For>
        </div>
      </Show>
    </>
  );
}
