import { For, type JSX } from 'solid-js';
import { layOut } from './layout.ts';

const PANELS = [...Array.from({ length: 6 }, () => ({ w: 4, h: 3 })), { w: 12, h: 8 }, { w: 12, h: 8 }];

/** What stands where a board will, until the relay has said which. */
export function BoardSkeleton(): JSX.Element {
  const { placements } = layOut(PANELS);
  return (
    <main class="board" aria-busy="true" aria-label="Loading">
      <h1 class="sr-only">Loading</h1>
      <For each={placements}>
        {({ column, row, width, height }) => (
          <div
            class="panel"
            data-kind={height > 3 ? 'timeseries' : 'stat'}
            style={{ '--column': column, '--top': row, '--width': width, '--height': height }}
          >
            <div class="skeleton-title" />
            <div class="skeleton" />
          </div>
        )}
      </For>
    </main>
  );
}
