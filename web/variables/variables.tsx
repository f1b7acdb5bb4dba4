import { For, type JSX, Show } from 'solid-js';
import type { Board } from '../../contract/spec/board.ts';
import type { Variable } from '../../contract/spec/variable.ts';
import type { QueryOptions, Row } from '../../contract/worker-api.ts';
import type { View } from '../board/view.ts';
import { Popover } from '../time/popover.tsx';
import { valuesOf, withValues } from './choose.ts';
import { labelOf, valuesWords, valueWords } from './value-words.ts';
import { VariableBox } from './variable-box.tsx';

export interface VariablesProps {
  readonly board: Board;
  readonly view: View;
  readonly nowMs: number;
  readonly go: (change: Partial<View>, push?: boolean) => void;
  readonly query: (sql: string, options?: QueryOptions) => Promise<Row[]>;
}

/** What the viewer may choose on this board, a menu each; one for all where there is little room. */
export function Variables(props: VariablesProps): JSX.Element {
  const all = () => Object.entries(props.board.variables ?? {});
  const chosen = () => all().filter(([name, variable]) => valuesOf(props.view, name, variable).length > 0).length;
  const box = (name: string, variable: Variable) => (
    <VariableBox
      variable={variable}
      label={labelOf(name, variable)}
      values={valuesOf(props.view, name, variable)}
      nowMs={props.nowMs}
      query={props.query}
      onChoose={(values) => props.go(withValues(props.view, name, variable, values), true)}
    />
  );
  return (
    <>
      <Show when={all().length > 0}>
        <div class="group variables">
          <For each={all()}>
            {([name, variable]) => (
              <Popover
                label={labelOf(name, variable)}
                text={`${labelOf(name, variable)}: ${valuesWords(valuesOf(props.view, name, variable))}`}
                title={valuesOf(props.view, name, variable).map(valueWords).join(', ') || undefined}
              >
                {() => box(name, variable)}
              </Popover>
            )}
          </For>
        </div>
      </Show>
      <Show when={all().length > 0}>
        <div class="group all-filters">
          <Popover
            label="Filters"
            text={chosen() === 0 ? 'Filters' : `Filters (${chosen()})`}
            short={chosen() === 0 ? '' : String(chosen())}
            icon={<FunnelGlyph />}
          >
            {() => (
              <div class="filters-box">
                <For each={all()}>
                  {([name, variable]) => (
                    <section>
                      <h2>{labelOf(name, variable)}</h2>
                      {box(name, variable)}
                    </section>
                  )}
                </For>
              </div>
            )}
          </Popover>
        </div>
      </Show>
    </>
  );
}

function FunnelGlyph(): JSX.Element {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <path
        d="M2.5 3.5h11L9.5 8.5v4l-3 1v-5z"
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
        stroke-linejoin="round"
      />
    </svg>
  );
}
