import { createSignal, type JSX } from 'solid-js';

/** Puts a text on the clipboard, and says whether it is there. */
export function CopyButton(props: { text: () => string; label?: string; class?: string }): JSX.Element {
  const [said, setSaid] = createSignal<string | null>(null);
  const copy = () =>
    navigator.clipboard.writeText(props.text()).then(
      () => setSaid('Copied'),
      () => setSaid('The browser does not let it be copied'),
    );
  return (
    <button type="button" class={props.class ?? 'sheet-button'} onClick={() => void copy()}>
      <span aria-live="polite">{said() ?? props.label ?? 'Copy'}</span>
    </button>
  );
}
