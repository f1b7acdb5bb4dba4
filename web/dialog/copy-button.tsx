import { createSignal, type JSX } from 'solid-js';
import { copyText } from './copy-text.ts';

/** Puts a text on the clipboard, and says whether it is there. */
export function CopyButton(props: { text: () => string; label?: string; class?: string }): JSX.Element {
  const [said, setSaid] = createSignal<string | null>(null);
  const copy = async () => setSaid((await copyText(props.text())) ? 'Copied' : 'The browser does not let it be copied');
  return (
    <button type="button" class={props.class ?? 'sheet-button'} onClick={() => void copy()}>
      <span aria-live="polite">{said() ?? props.label ?? 'Copy'}</span>
    </button>
  );
}
