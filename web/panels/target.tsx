import { createMemo, Index, type JSX, Show } from 'solid-js';
import type { TargetPanel } from '../../contract/spec/panel.ts';
import { formatValue } from '../format.ts';
import { useBoard } from './board-context.ts';
import { NO_VALUE, useChoice } from './choice.ts';
import type { KindProps } from './kind-props.ts';
import { Key } from './pick.tsx';
import { shownValue } from './shown-value.ts';
import { type Reached, reached } from './target-words.ts';

const ROW_REM = 2.375;

interface Row {
  readonly key: string;
  readonly actual: number | null;
  readonly target: number | null;
  readonly text: string;
  readonly found: Reached | null;
}

/** Bullet bars: how far the actual reaches, a mark where the target is, and the two in words. */
export function Target(props: KindProps<TargetPanel, 'groups'>): JSX.Element {
  const board = useBoard();
  const rem = () => 16 * board.ink().scale;
  const choice = useChoice(() => props.panel.label);
  const format = (value: number) => formatValue(value, { unit: props.panel.unit, decimals: props.panel.decimals }).text;
  const all = createMemo<readonly Row[]>(() => {
    const at = (name: string) => props.picture.columns.findIndex((column) => column.name === name);
    const { actual: actualName, target: wanted, label, better } = props.panel;
    const [keyAt, actualAt] = [label === undefined ? -1 : at(label), at(actualName)];
    const targetAt = typeof wanted === 'string' ? at(wanted) : -1;
    return props.picture.rows.map(({ cells }) => {
      const actual = numberOf(cells[actualAt]);
      const target = typeof wanted === 'number' ? wanted : numberOf(cells[targetAt]);
      return {
        key: keyAt < 0 ? '' : String(cells[keyAt] ?? NO_VALUE),
        actual,
        target,
        text: shownValue(actual, props.panel).text,
        found: reached(actual, target, better, format, percent),
      };
    });
  });
  const fits = () => Math.max(1, Math.floor((props.room.height - 0.25 * rem()) / (ROW_REM * rem())));
  const total = () => all().length + props.picture.restGroups;
  const rows = createMemo(() => all().slice(0, total() > fits() ? Math.max(1, fits() - 1) : fits()));
  const largest = createMemo(() =>
    rows().reduce((most, { actual, target }) => Math.max(most, actual ?? 0, target ?? 0), 0),
  );
  const single = () => props.panel.label === undefined;
  const big = () =>
    Math.max(1.875, Math.min(4.5, (props.room.height / rem() - 2.5) * 0.7, props.room.width / rem() / 7));
  return (
    <>
      <ul class="targets" classList={{ single: single() }} style={{ '--big': `${big()}rem` }}>
        <Index each={rows()}>
          {(row) => (
            <li
              class="pickable"
              classList={{ muted: !single() && choice.muted(row().key) }}
              data-key={row().key}
              data-value={row().actual ?? ''}
              data-target={row().target ?? ''}
              style={{
                '--bar': row().found === null ? 'var(--stale)' : `var(--${row().found?.good ? 'live' : 'late'})`,
              }}
            >
              <span class="target-head">
                <Show when={!single()}>
                  <span class="key">
                    <Key column={props.panel.label ?? ''} name={row().key} link={props.panel.link} />
                  </span>
                </Show>
                <b class="amount">{row().text}</b>
                <span class="words" title={row().found?.words}>
                  <span class="mark-shape" aria-hidden="true">
                    {row().found === null ? '' : row().found?.good ? '✓' : '▽'}
                  </span>{' '}
                  <span class="whole">{row().found?.words ?? 'nothing to compare'}</span>
                  <span class="short">{row().found?.short ?? 'nothing to compare'}</span>
                </span>
              </span>
              <span class="bullet" title={row().target === null ? undefined : `target ${format(row().target ?? 0)}`}>
                <span class="fill" style={{ width: `${percentOf(row().actual, largest())}%` }} />
                <Show when={row().target !== null}>
                  <span class="target-mark" style={{ left: `${percentOf(row().target, largest())}%` }} />
                </Show>
              </span>
            </li>
          )}
        </Index>
      </ul>
      <Show when={total() > rows().length}>
        <p class="panel-note">+ {total() - rows().length} more</p>
      </Show>
    </>
  );
}

function numberOf(cell: string | number | null | undefined): number | null {
  return typeof cell === 'number' ? cell : null;
}

/** Room is left right of the longest, so that its mark is seen. */
function percentOf(value: number | null, largest: number): number {
  return value === null || largest <= 0 ? 0 : Math.max(0, (value / (largest * 1.04)) * 100);
}

function percent(part: number): string {
  return formatValue(part, { unit: 'percentunit', decimals: part < 0.995 || part >= 1.005 ? 0 : 1 }).text;
}
