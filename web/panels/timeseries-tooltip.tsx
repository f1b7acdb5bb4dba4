import { For, Index, type JSX, Show } from 'solid-js';

export interface TooltipRow {
  readonly name: string;
  /** CSS. */
  readonly color: string;
  readonly value: string;
  /** What it was so long before. */
  readonly was: string | null;
}

/** The values at the cursor, as many as fit, and what happened then. */
export function ValuesTooltip(props: {
  readonly header: string;
  readonly rows: readonly TooltipRow[];
  /** Rows that fit. */
  readonly most: number;
  readonly earlierWords: string | null;
  readonly marks: readonly string[];
}): JSX.Element {
  const shown = () => (props.rows.length <= props.most ? props.rows : props.rows.slice(0, Math.max(1, props.most - 1)));
  return (
    <>
      <header>{props.header}</header>
      <Index each={shown()}>
        {(row) => (
          <div>
            <span class="swatch" style={{ '--swatch': row().color }} />
            {row().name}
            <b>{row().value}</b>
            <Show when={row().was}>{(was) => <span class="was">{was()}</span>}</Show>
          </div>
        )}
      </Index>
      <Show when={props.rows.length > shown().length}>
        <div class="more">+ {props.rows.length - shown().length} more</div>
      </Show>
      <Show when={props.earlierWords}>{(words) => <div class="more">beside it: {words()}</div>}</Show>
      <For each={props.marks}>{(text) => <div class="what">{text}</div>}</For>
    </>
  );
}
