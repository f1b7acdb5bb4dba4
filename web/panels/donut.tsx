import { createMemo, Index, type JSX, Show } from 'solid-js';
import type { DonutPanel } from '../../contract/spec/panel.ts';
import { formatValue } from '../format.ts';
import { isAdditive } from './additive.ts';
import { useBoard } from './board-context.ts';
import { keyText, keyValue, useChoice } from './choice.ts';
import { type Slice, slices } from './donut-arcs.ts';
import { partText } from './funnel-note.tsx';
import type { KindProps } from './kind-props.ts';
import { colorOf, mapped } from './mappings.ts';
import { Nothing } from './panel-words.tsx';
import { Key } from './pick.tsx';

/** Between two slices, of the whole circle. */
const GAP = 0.004;
/** Within the ring, of 100. */
const FIGURE_WIDE = 58;
const ROW_REM = 1.5;
/** On a wall, where nobody points at a name. */
const WALL_ROW_REM = 1.3;
/** Of the height, at most, for the names below the ring. */
const LIST_PART = 0.56;
/** A ring is never smaller; down to this it makes room for names that would not be listed. */
const LEAST_RING_REM = 4;

/** Shares of a whole, with the whole in their middle; only of what can be added. */
export function Donut(props: KindProps<DonutPanel, 'fold'>): JSX.Element {
  const board = useBoard();
  const rem = () => 16 * board.ink().scale;
  const rowPx = () => (document.documentElement.classList.contains('kiosk') ? WALL_ROW_REM : ROW_REM) * rem();
  const choice = useChoice(() => props.panel.label);
  const additive = createMemo(() => isAdditive(props.panel.value, board.windows()[props.panel.window]));
  const whole = createMemo(() => slices(props.picture.rows, props.picture.rest.value));
  const format = (value: number) => formatValue(value, { unit: props.panel.unit, decimals: props.panel.decimals });
  const wide = () => props.room.width > props.room.height * 1.35 && props.room.width > 17 * rem();
  const ringPx = () => {
    const { width, height } = props.room;
    if (wide()) return Math.max(48, Math.min(height - 8, width * 0.36));
    const part = Math.max(2, Math.floor((height * LIST_PART) / rowPx()));
    // Names that would be left out matter more than a large ring.
    const most = Math.max(part, Math.floor((height - (LEAST_RING_REM + 0.5) * rem()) / rowPx()));
    const rows = Math.min(listed().length, most);
    return Math.max(48, Math.min(width - 16, height - rows * rowPx() - 0.5 * rem()));
  };
  const listed = createMemo(() => whole().slices);
  /** Of the whole, in the drawing's own units: as large as other words are, as far as the ring has room. */
  const figure = () => {
    const letters = format(whole().total).text.length;
    const wanted = (Number.parseFloat(board.ink().font) / ringPx()) * 100;
    return Math.max(Math.min(15, 78 / Math.max(4, letters)), Math.min(wanted, FIGURE_WIDE / (0.62 * letters)));
  };
  const fits = () => {
    const free = wide() ? props.room.height : props.room.height - ringPx() - 0.5 * rem();
    return Math.max(1, Math.floor(free / rowPx()));
  };
  const shown = createMemo(() => {
    const all = listed();
    return all.length <= fits() ? all : all.slice(0, Math.max(0, fits() - 1));
  });
  const hidden = () => listed().length - shown().length;
  const color = (key: string | null) => {
    if (key === null) return 'var(--stale)';
    const own = mapped(keyValue(key), props.panel.mappings)?.color;
    if (own != null) return colorOf(own);
    const order = board.seriesColumns.get(props.panel.label) ?? props.picture.rows.map((row) => row.key);
    return `var(--series-${board.colors.slot(props.panel.label, key, order) + 1})`;
  };
  const name = (key: string | null) => {
    if (key !== null) return mapped(keyValue(key), props.panel.mappings)?.text ?? keyText(key);
    const { keys } = props.picture.rest;
    return `${keys} other${keys === 1 ? '' : 's'}`;
  };
  /** A slice clicked is chosen; by keyboard its name in the list is. */
  const clickable = (svg: SVGSVGElement) =>
    svg.addEventListener('click', ({ target }) => {
      const key = target instanceof SVGElement ? target.dataset.slice : undefined;
      if (key !== undefined) choice.choose(key);
    });
  const summary = () =>
    `${props.panel.title}: ${format(whole().total).text} in all. ${listed()
      .map(({ key, value, part }) => `${name(key)} ${format(value).text}, ${partText(part)}`)
      .join('; ')}`;
  const notes = () => {
    const { rest } = props.picture;
    const words: string[] = [];
    if (hidden() > 0) words.push(`+ ${hidden()} more`);
    if (rest.keys > 0 && rest.value === null) words.push(`${rest.keys} smaller ones are not in the total`);
    if (whole().negative > 0) words.push(`${whole().negative} below 0 have no share`);
    return words.join(' · ');
  };
  return (
    <Show
      when={additive()}
      fallback={
        <Nothing
          what={`Values of ${props.panel.value} cannot be added, so they have no shares of a whole.`}
          next="Draw it as a barlist, or choose a count or a sum."
        />
      }
    >
      <div class="donut" classList={{ wide: wide() }}>
        <svg
          viewBox="0 0 100 100"
          ref={clickable}
          role="img"
          aria-label={summary()}
          style={{ width: `${ringPx()}px`, height: `${ringPx()}px` }}
        >
          <circle class="ground" cx="50" cy="50" r="40" />
          <Index each={listed()}>
            {(slice) => (
              <circle
                class="slice"
                classList={{ muted: isMuted(slice(), choice.muted) }}
                cx="50"
                cy="50"
                r="40"
                pathLength="1"
                data-slice={slice().key ?? undefined}
                style={{ stroke: color(slice().key) }}
                stroke-dasharray={`${Math.max(0.002, slice().part - (listed().length > 1 ? GAP : 0))} 2`}
                stroke-dashoffset={-slice().from}
              >
                <title>{`${name(slice().key)}: ${format(slice().value).text}, ${partText(slice().part)}`}</title>
              </circle>
            )}
          </Index>
          <text x="50" y={50 + 0.36 * figure()} class="figure" style={{ 'font-size': `${figure()}px` }}>
            {format(whole().total).text}
          </text>
        </svg>
        <div class="donut-side">
          <ul class="shares">
            <Index each={shown()}>
              {(slice) => (
                <li
                  class="pickable"
                  classList={{ muted: isMuted(slice(), choice.muted) }}
                  data-key={slice().key ?? 'others'}
                  data-value={slice().value}
                >
                  <span class="swatch" style={{ '--swatch': color(slice().key) }} />
                  <span class="key" title={name(slice().key)}>
                    <Show when={slice().key !== null} fallback={name(null)}>
                      <Key
                        column={props.panel.label}
                        name={slice().key ?? ''}
                        text={name(slice().key)}
                        link={props.panel.link}
                      />
                    </Show>
                  </span>
                  <b title={partText(slice().part)}>{format(slice().value).text}</b>
                  <span class="part">{partText(slice().part)}</span>
                </li>
              )}
            </Index>
          </ul>
          <Show when={notes()}>
            <p class="panel-note" title={notes()}>
              {notes()}
            </p>
          </Show>
        </div>
      </div>
    </Show>
  );
}

function isMuted({ key }: Slice, muted: (key: string) => boolean): boolean {
  return key !== null && muted(key);
}
