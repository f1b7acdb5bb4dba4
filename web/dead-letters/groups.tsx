import { For, type JSX } from 'solid-js';
import type { LetterGroup } from '../../contract/dead-letters.ts';
import { formatValue } from '../format.ts';

/** Kinds of letters, the most frequent first: choosing one shows only those. */
export function Groups(props: {
  groups: readonly LetterGroup[];
  chosen: string | null;
  onChoose: (kind: string | null) => void;
}): JSX.Element {
  const most = () => Math.max(1, ...props.groups.map(({ count }) => count));
  return (
    <section class="kinds" aria-label="Kinds">
      <For each={props.groups}>
        {({ kind, count }) => (
          <button
            type="button"
            aria-pressed={props.chosen === kind}
            classList={{ chosen: props.chosen === kind }}
            title={props.chosen === kind ? 'Show all kinds' : 'Show only these'}
            onClick={() => props.onChoose(props.chosen === kind ? null : kind)}
          >
            <span class="kind">{kind}</span>
            <span class="amount">{formatValue(count, { unit: 'none', decimals: 0 }).text}</span>
            <span class="track" aria-hidden="true">
              <span class="fill" style={{ transform: `scaleX(${count / most()})` }} />
            </span>
          </button>
        )}
      </For>
    </section>
  );
}
