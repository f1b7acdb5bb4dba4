import { For, type JSX, Show } from 'solid-js';
import type { Board } from '../../contract/spec/board.ts';
import type { View } from '../board/view.ts';
import { valuesOf } from './choose.ts';
import { FilterChips } from './filter-chips.tsx';
import { labelOf, valuesWords } from './value-words.ts';

/** What is left out of the board's pictures, under the bar; on a wall, where nothing can be chosen, the variables too. */
export function FilterLine(props: {
  board: Board;
  view: View;
  go: (change: Partial<View>, push?: boolean) => void;
  isKiosk: boolean;
}): JSX.Element {
  const told = () =>
    props.isKiosk
      ? Object.entries(props.board.variables ?? {})
          .map(([name, variable]) => ({
            label: labelOf(name, variable),
            values: valuesOf(props.view, name, variable),
          }))
          .filter(({ values }) => values.length > 0)
      : [];
  return (
    <Show when={told().length + props.view.filters.length > 0}>
      <div class="filter-line">
        <For each={told()}>
          {({ label, values }) => (
            <span>
              {label} <b>{valuesWords(values)}</b>
            </span>
          )}
        </For>
        <FilterChips view={props.view} go={props.go} />
        <Show when={!props.isKiosk && props.view.filters.length > 1}>
          <button type="button" class="clear" onClick={() => props.go({ filters: [] }, true)}>
            Remove all
          </button>
        </Show>
      </div>
    </Show>
  );
}
