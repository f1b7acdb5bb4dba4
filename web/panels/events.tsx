import { createVirtualizer } from '@tanstack/solid-virtual';
import { createMemo, createSignal, Index, type JSX, onMount, Show } from 'solid-js';
import type { EventsPanel } from '../../contract/spec/panel.ts';
import { formatClock, formatMoment } from '../format-time.ts';
import { createAsked } from './asked.ts';
import { useBoard } from './board-context.ts';
import { createEventRows } from './event-rows.ts';
import { filledText, textParts } from './event-text.ts';
import { createHeld, createHold } from './hold.ts';
import type { KindProps } from './kind-props.ts';
import { colorOf, mapped } from './mappings.ts';
import { cellText, type TableColumn } from './table-columns.ts';

const LINE_REM = 1.625;
const SHAPES = { good: '●', warn: '▲', alarm: '■', off: '○' } as const;

/** What happens in the time in view, line by line, newest first; held while somebody reads, with the number of lines that came since. */
export function Events(props: KindProps<EventsPanel, 'rows'>): JSX.Element {
  const board = useBoard();
  const rem = () => 16 * board.ink().scale;
  const [list, setList] = createSignal<HTMLElement>();
  let node: HTMLElement | undefined;
  // Before it is part of the page, an element has no window to be watched by.
  onMount(() => setList(node));
  const hold = createHold(list, board.nowMs);
  const now = createEventRows(
    () => props.picture,
    () => props.request,
  );
  const asked = createAsked(() => props.request);
  const question = () => `${asked()} ${JSON.stringify(board.view())}`;
  const picture = createHeld(now, hold.held, question);
  const parts = createMemo(() => textParts(props.panel.text));
  const columns = createMemo(
    () =>
      new Map(
        picture().columns.map(({ name, type, unit }, at): [string, TableColumn] => [
          name,
          { name, at, type, unit, amount: true, decimals: 2 },
        ]),
      ),
  );
  type Row = (typeof props.picture.rows)[number];
  const field = (row: Row, name: string) => {
    const column = columns().get(name);
    const text = column === undefined ? '' : cellText(row.cells[column.at], column, board.zone());
    return text === '' ? null : text;
  };
  const tone = (row: Row) => {
    const spec = props.panel.tone;
    const column = spec && columns().get(spec.field);
    return column ? mapped(row.cells[column.at], spec.mappings) : null;
  };
  const linePx = () => LINE_REM * rem();
  const virtual = createVirtualizer<HTMLElement, HTMLElement>({
    get count() {
      return picture().rows.length;
    },
    getScrollElement: () => list() ?? null,
    estimateSize: linePx,
    overscan: 3,
    get initialRect() {
      return { width: props.room.width, height: props.room.height };
    },
  });
  const first = () => virtual.getVirtualItems()[0]?.index ?? 0;
  const shown = createMemo(() => picture().rows.slice(first(), (virtual.getVirtualItems().at(-1)?.index ?? -1) + 1));
  const missed = () => {
    const [held, newer] = [picture(), now()];
    if (held === newer) return 0;
    const newest = held.rows[0]?.eventTimeUs ?? 0;
    return newer.rows.reduce((count, { eventTimeUs }) => count + Number(eventTimeUs > newest), 0);
  };
  const time = (row: Row) => {
    const ms = row.eventTimeUs / 1000;
    const whole = formatMoment(ms, board.nowMs(), board.zone());
    return props.room.width < 20 * rem() ? formatClock(ms, board.zone()) : whole;
  };
  return (
    <>
      <div
        ref={(made) => {
          node = made;
        }}
        class="events"
        role="log"
        aria-live="off"
        aria-label={props.panel.title}
        tabindex="0"
        style={{ '--line': `${linePx()}px` }}
      >
        <div class="events-all" style={{ height: `${picture().rows.length * linePx()}px` }}>
          <div style={{ transform: `translateY(${first() * linePx()}px)` }}>
            <Index each={shown()}>
              {(row) => {
                const found = createMemo(() => tone(row()), undefined, {
                  equals: (a, b) => a?.color === b?.color && a?.text === b?.text,
                });
                const shape = () => {
                  const color = found()?.color;
                  return typeof color === 'string' ? SHAPES[color] : color == null ? '' : '●';
                };
                const text = () => filledText(parts(), (name) => field(row(), name));
                return (
                  <p
                    class="event"
                    data-event={row().eventTimeUs}
                    data-tone={found()?.color ?? undefined}
                    style={{ '--tone-of': found()?.color == null ? undefined : colorOf(found()?.color ?? 'off') }}
                    title={text()}
                  >
                    <time>{time(row())}</time>
                    <span class="shape" aria-hidden="true">
                      {shape()}
                    </span>
                    <span class="words">
                      {text()}
                      <Show when={found()?.text}>{(words) => <i> {words()}</i>}</Show>
                    </span>
                  </p>
                );
              }}
            </Index>
          </div>
        </div>
      </div>
      <Show when={picture().nothing}>{(words) => <p class="empty">{words()}</p>}</Show>
      <Show when={hold.held() && (missed() > 0 || hold.away())}>
        <button type="button" class="held-note" data-held="" onClick={hold.release}>
          {missed() > 0 ? `${missed()} new ↑` : 'held while you read'}
        </button>
      </Show>
    </>
  );
}
