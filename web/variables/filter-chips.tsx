import { For, type JSX, Show } from 'solid-js';
import type { View } from '../board/view.ts';
import { inverted } from './choose.ts';
import { valuesWords, valueWords } from './value-words.ts';

/** Filters that no variable of the board has, each with what turns it around and what removes it. */
export function FilterChips(props: { view: View; go: (change: Partial<View>, push?: boolean) => void }): JSX.Element {
  return (
    <Show when={props.view.filters.length > 0}>
      <ul class="filter-chips" aria-label="Filters">
        <For each={props.view.filters}>
          {(filter) => (
            <li class="filter-chip" data-filter={filter.column}>
              <button
                type="button"
                title={`${filter.values.map(valueWords).join(', ')}. Click for ${filter.not ? 'only these' : 'all but these'}.`}
                aria-label={`${filter.column} ${filter.not ? 'is not' : 'is'} ${filter.values.map(valueWords).join(', ')}: ${filter.not ? 'only this' : 'all but this'}`}
                onClick={() => props.go({ filters: inverted(props.view.filters, filter) }, true)}
              >
                {filter.column} <b class="sign">{filter.not ? '≠' : '='}</b> {valuesWords(filter.values)}
              </button>
              <button
                type="button"
                class="remove"
                aria-label={`Remove the filter of ${filter.column}`}
                title="Remove"
                onClick={() => props.go({ filters: props.view.filters.filter((one) => one !== filter) }, true)}
              >
                ×
              </button>
            </li>
          )}
        </For>
      </ul>
    </Show>
  );
}
