import { createSignal, createUniqueId, type JSX, onCleanup, Show } from 'solid-js';
import { Caret } from '../board/icons.tsx';

/**
 * A button that opens a box below it, at whatever side has room; over the whole width on a phone. Escape and a click
 * elsewhere close it, and Escape gives the focus back.
 */
export function Popover(props: {
  /** What the button is for; its text follows. */
  readonly label: string;
  readonly text: string;
  /** The same where there is little room; left out: `text`. */
  readonly short?: string | undefined;
  /** Stands for the text where there is little room. */
  readonly icon?: JSX.Element;
  readonly title?: string | undefined;
  readonly class?: string;
  /** What of the box gets the focus; left out: the first field or button. */
  readonly focus?: string;
  readonly ref?: (open: () => void) => void;
  readonly children: (close: () => void) => JSX.Element;
}): JSX.Element {
  const [open, setOpen] = createSignal(false);
  const id = createUniqueId();
  let button: HTMLButtonElement | undefined;
  let box: HTMLDivElement | undefined;
  let sizes: ResizeObserver | undefined;
  const outside = (event: PointerEvent) => {
    if (event.target instanceof Node && !box?.contains(event.target) && !button?.contains(event.target)) close(false);
  };
  const show = () => {
    setOpen(true);
    document.addEventListener('pointerdown', outside);
    follow();
    const wanted = props.focus === undefined ? null : box?.querySelector<HTMLElement>(props.focus);
    (wanted ?? box?.querySelector<HTMLElement>('input, button, select'))?.focus();
  };
  const close = (refocus = true) => {
    setOpen(false);
    sizes?.disconnect();
    document.removeEventListener('pointerdown', outside);
    if (refocus) button?.focus();
  };
  /** Below the button, moved to the left as far as the page's edge asks for. */
  const place = () => {
    if (!button || !box) return;
    const room = document.documentElement.clientWidth - 8;
    const left = button.getBoundingClientRect().left;
    box.style.setProperty('--shift', `${Math.max(8 - left, Math.min(0, room - left - box.offsetWidth))}px`);
  };
  /** What is chosen in the box may make the bar shorter, and with it the button move. */
  const follow = () => {
    sizes?.disconnect();
    sizes = new ResizeObserver(place);
    for (let one: Element | null | undefined = box; one; one = one.parentElement) sizes.observe(one);
    place();
  };
  props.ref?.(show);
  onCleanup(() => {
    sizes?.disconnect();
    document.removeEventListener('pointerdown', outside);
  });
  return (
    <div class={`popover ${props.class ?? ''}`}>
      <button
        ref={button}
        type="button"
        class="control"
        aria-label={`${props.label}: ${props.text}`}
        title={props.title}
        aria-haspopup="dialog"
        aria-expanded={open()}
        aria-controls={id}
        onClick={() => (open() ? close() : show())}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' || open()) return;
          event.preventDefault();
          show();
        }}
      >
        <span class="roomy">{props.text}</span>
        <span class="tight">
          {props.icon} {props.short ?? props.text}
        </span>{' '}
        <Caret />
      </button>
      <Show when={open()}>
        <div
          ref={box}
          id={id}
          class="popover-box"
          role="dialog"
          aria-label={props.label}
          tabIndex={-1}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            close();
          }}
          onFocusOut={(event) => {
            if (event.relatedTarget instanceof Node && !box?.contains(event.relatedTarget)) close(false);
          }}
        >
          {props.children(() => close())}
        </div>
      </Show>
    </div>
  );
}
