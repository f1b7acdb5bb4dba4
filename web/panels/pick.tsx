import { type JSX, Show } from 'solid-js';
import { keyText } from './choice.ts';

/** A key that can be chosen; what it stands in is clicked with it (`.pickable`). */
export function Pick(props: {
  readonly name: string;
  readonly chosen: boolean;
  readonly class?: string;
  readonly onChoose: () => void;
  readonly children?: JSX.Element;
}): JSX.Element {
  return (
    <button
      type="button"
      class={`pick ${props.class ?? ''}`}
      aria-pressed={props.chosen}
      title={`${keyText(props.name)} · ${props.chosen ? 'show all again' : 'show only this'}`}
      onClick={() => props.onChoose()}
    >
      <Show when={props.children} fallback={keyText(props.name)}>
        {props.children}
      </Show>
    </button>
  );
}
