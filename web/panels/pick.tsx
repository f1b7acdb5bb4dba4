import { type JSX, Show } from 'solid-js';
import type { Link } from '../../contract/spec/panels/parts.ts';
import { useBoard } from './board-context.ts';
import { keyText, keyValue, useChoice } from './choice.ts';

/**
 * A value of a by-column: chosen on the whole board by a click (what it stands in is clicked with it: `.pickable`), and,
 * where the panel leads elsewhere, with a way there beside it.
 */
export function Key(props: {
  readonly column: string;
  readonly name: string;
  /** What it is shown as; left out: itself. */
  readonly text?: string | undefined;
  readonly link: Link | undefined;
}): JSX.Element {
  const board = useBoard();
  const choice = useChoice(() => props.column);
  const text = () => props.text ?? keyText(props.name);
  const href = () => (props.link === undefined ? null : board.hrefOf(props.link, props.column, keyValue(props.name)));
  const elsewhere = () => props.link !== undefined && 'url' in props.link;
  return (
    <span class="key-box">
      <button
        type="button"
        class="pick"
        aria-pressed={choice.chosen(props.name)}
        title={`${text()} · ${choice.chosen(props.name) ? 'show all again' : 'show only this'}`}
        onClick={() => choice.choose(props.name)}
      >
        {text()}
      </button>
      <Show when={href()}>
        {(to) => (
          <a
            class="drill"
            href={to()}
            target={elsewhere() ? '_blank' : undefined}
            rel={elsewhere() ? 'noopener noreferrer' : undefined}
            aria-label={`${props.link?.title ?? 'More'}: ${text()}`}
            title={`${props.link?.title ?? 'More'}: ${text()}`}
          >
            ↗
          </a>
        )}
      </Show>
    </span>
  );
}
