import { createMemo, For, type JSX } from 'solid-js';
import { keptShapes, type Shape } from './kept-layout.ts';
import { layOut } from './layout.ts';

/** Of a board that was never seen here. */
const ANY: readonly Shape[] = [
  ...Array.from({ length: 6 }, (): Shape => ({ kind: 'stat', w: 4, h: 3 })),
  { kind: 'timeseries', w: 12, h: 8 },
  { kind: 'timeseries', w: 12, h: 8 },
];

/** What stands where a board will: its own layout where that is known, given or kept from before. */
export function BoardSkeleton(props: { panels?: readonly Shape[] }): JSX.Element {
  const panels = createMemo(() => props.panels ?? keptShapes(location.search) ?? ANY);
  const layout = createMemo(() => layOut(panels()));
  return (
    <main class="board" aria-busy="true" aria-label="Loading">
      <h1 class="sr-only">Loading</h1>
      <For each={panels()}>
        {({ kind }, index) => {
          const { column, row, width, height } = layout().placements[index()] ?? {
            column: 1,
            row: 1,
            width: 24,
            height: 1,
          };
          return (
            <div
              class="panel"
              data-kind={kind}
              style={{ '--column': column, '--top': row, '--width': width, '--height': height }}
            >
              <div class="skeleton-title" />
              <div class="skeleton" />
            </div>
          );
        }}
      </For>
    </main>
  );
}
