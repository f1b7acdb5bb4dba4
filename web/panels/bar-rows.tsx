import { Index, type JSX, Show } from 'solid-js';
import type { Link } from '../../contract/spec/panels/parts.ts';
import { keyText, useChoice } from './choice.ts';
import { Key } from './pick.tsx';

/** One bar of a list. */
export interface BarRow {
  readonly key: string;
  /** Null: there is none. */
  readonly value: number | null;
  readonly text: string;
  /** CSS. */
  readonly color: string;
  readonly level?: 'warn' | 'alarm' | undefined;
  /** After the amount, such as what part of the step before it is. */
  readonly extra?: string | undefined;
}

/** Bars with their names and amounts; a name chosen is chosen on the whole board. */
export function BarRows(props: {
  readonly rows: readonly BarRow[];
  readonly largest: number;
  readonly rowRem: number;
  /** By-column the keys are values of. */
  readonly column: string;
  readonly link: Link | undefined;
}): JSX.Element {
  const choice = useChoice(() => props.column);
  return (
    <ul
      class="bars"
      classList={{ extra: props.rows.some(({ extra }) => extra !== undefined) }}
      style={{ '--bar-row': `${props.rowRem}rem` }}
    >
      <Index each={props.rows}>
        {(row) => (
          <li
            class="pickable"
            classList={{ muted: choice.muted(row().key) }}
            data-key={row().key}
            data-value={row().value ?? ''}
            data-alarm={row().level}
            style={{ '--bar': row().level ? undefined : row().color }}
          >
            <span class="key" title={keyText(row().key)}>
              <Key column={props.column} name={row().key} link={props.link} />
            </span>
            <span class="track">
              <span class="fill" style={{ display: 'block', width: `${share(row().value, props.largest)}%` }} />
            </span>
            <span class="amount">{row().text}</span>
            <Show when={row().extra}>{(words) => <span class="extra">{words()}</span>}</Show>
          </li>
        )}
      </Index>
    </ul>
  );
}

/** Percent of the longest bar; a value above 0 is always seen. */
export function share(value: number | null, largest: number): number {
  if (value === null || value <= 0 || largest <= 0) return 0;
  return Math.min(100, Math.max(0.8, (value / largest) * 100));
}
