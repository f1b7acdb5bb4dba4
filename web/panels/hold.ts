import { type Accessor, createEffect, createMemo, createSignal, onCleanup } from 'solid-js';

/** A pointer that rests, or a focus that nothing is done with, holds rows for so long: a screen nobody reads goes on. */
export const HOLD_MS = 30_000;

export interface Hold {
  /** Somebody reads: what is listed stands still. */
  readonly held: Accessor<boolean>;
  /** Somebody has scrolled away from the newest. */
  readonly away: Accessor<boolean>;
  /** Back to the newest. */
  readonly release: () => void;
}

/**
 * While a pointer moves over an element, something in it is being used by keyboard, or it is scrolled down, its rows are
 * held: they must not move away under who reads or aims at them.
 */
export function createHold(element: Accessor<HTMLElement | undefined>, nowMs: Accessor<number>): Hold {
  const [touchedMs, setTouchedMs] = createSignal<number | null>(null);
  const [away, setAway] = createSignal(false);
  const touch = () => setTouchedMs(nowMs());
  const leave = () => setTouchedMs(null);
  createEffect(() => {
    const list = element();
    if (!list) return;
    // What says how many are new stands beside the list: on the way to it nothing is let go.
    const node = list.parentElement ?? list;
    const moved = (event: PointerEvent) => event.pointerType !== 'touch' && touch();
    const blurred = (event: FocusEvent) => {
      if (!(event.relatedTarget instanceof Node && node.contains(event.relatedTarget))) leave();
    };
    const scrolled = () => setAway(list.scrollTop > 2);
    node.addEventListener('pointermove', moved);
    node.addEventListener('pointerleave', leave);
    node.addEventListener('keydown', touch);
    node.addEventListener('focusin', touch);
    node.addEventListener('focusout', blurred);
    list.addEventListener('scroll', scrolled, { passive: true });
    onCleanup(() => {
      node.removeEventListener('pointermove', moved);
      node.removeEventListener('pointerleave', leave);
      node.removeEventListener('keydown', touch);
      node.removeEventListener('focusin', touch);
      node.removeEventListener('focusout', blurred);
      list.removeEventListener('scroll', scrolled);
    });
  });
  const held = createMemo(() => {
    const since = touchedMs();
    return away() || (since !== null && nowMs() - since < HOLD_MS);
  });
  const release = () => {
    leave();
    element()?.scrollTo({ top: 0 });
    setAway(false);
  };
  return { held, away, release };
}

/** What is given, and, while it is held, what was given last before. */
export function createHeld<Value>(
  given: Accessor<Value>,
  held: Accessor<boolean>,
  asked: Accessor<string>,
): Accessor<Value> {
  const holding = new Holding<Value>();
  return createMemo(() => holding.of(given(), asked(), held()));
}

/** What answers another question is never held back: when that has changed, the next that is given is taken. */
export class Holding<Value> {
  #question: string | null = null;
  #kept: Value | undefined;
  /** Given when the question changed: the answer to the one before. */
  #before: { readonly value: Value } | null = null;

  of(value: Value, question: string, held: boolean): Value {
    if (question !== this.#question) {
      this.#before = this.#question === null ? null : { value };
      this.#question = question;
    }
    if (this.#before === null && held && this.#kept !== undefined) return this.#kept;
    if (this.#before !== null && this.#before.value !== value) this.#before = null;
    this.#kept = value;
    return value;
  }
}
