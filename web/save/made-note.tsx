import { type JSX, Show } from 'solid-js';

/** Above a board that nobody has written: what it is, and how it becomes a file. */
export function MadeNote(props: { made: boolean; stream: string; onSave: () => void }): JSX.Element {
  return (
    <Show when={props.made}>
      <section class="made-note" aria-label="About this board">
        <p>
          Made for you from what <b>{props.stream}</b> has.
        </p>
        <button type="button" class="sheet-button" onClick={() => props.onSave()}>
          Save as a file
        </button>
      </section>
    </Show>
  );
}
