import { createMemo, For, type JSX, Show } from 'solid-js';
import type { StateTimelinePanel } from '../../contract/spec/panel.ts';
import { Chart } from '../charts/chart.tsx';
import { paintStates, type StateLook } from '../charts/paint-states.ts';
import { type Cursor, rowAxis, type Scene } from '../charts/scene.ts';
import { middlesOf, nextStretch, type Stretch, statesExtent, stretchOf, timeShares } from '../charts/state-rows.ts';
import { createExtent } from '../charts/use-extent.ts';
import { formatSpan, formatValue } from '../format.ts';
import { formatMoment } from '../format-time.ts';
import { useBoard } from './board-context.ts';
import type { KindProps } from './kind-props.ts';
import { colorOf, mapped } from './mappings.ts';
import { ownColor } from './state-colors.ts';
import { Folding } from './timeseries-legend.tsx';

/** Looks remembered at most. */
const MOST_LOOKS = 500;
/** More states than this in a legend are said as one. */
const MOST_SHARES = 10;

/** What state each of a few things was in, as coloured stretches of time. */
export function StateTimeline(props: KindProps<StateTimelinePanel, 'states'>): JSX.Element {
  const board = useBoard();
  const looks = createMemo(() => {
    const known = new Map<string | number, StateLook>();
    const { mappings, value, unit, decimals } = props.panel;
    return (state: string | number): StateLook => {
      let look = known.get(state);
      if (look === undefined) {
        const told = mapped(state, mappings);
        const plain = typeof state === 'number' ? formatValue(state, { unit, decimals }).text : state;
        look = {
          text: told?.text ?? (plain === '' ? '(empty)' : plain),
          color: told?.color ?? ownColor(state, (name) => board.colors.slot(value, name) + 1),
        };
        // Numbers may be any number of them.
        if (known.size >= MOST_LOOKS) known.clear();
        known.set(state, look);
      }
      return look;
    };
  });
  const rows = () => props.picture.rows;
  const nameOf = (key: string) => (key === '' && props.panel.rows === undefined ? props.panel.value : key);
  const own = createMemo(
    () => statesExtent(rows(), props.picture.fromUs, props.picture.untilUs) ?? { fromS: 0, toS: 1 },
  );
  const extent = createExtent(own);
  const scene = createMemo((): Scene | null => {
    const shown = rows();
    if (shown.length === 0) return null;
    const range = extent();
    const { watermarkUs } = props.picture;
    const lanes = { rows: shown, look: looks(), watermarkS: watermarkUs === null ? null : watermarkUs / 1e6 };
    return {
      extent: range,
      stops: middlesOf(shown),
      left: rowAxis(shown.map(({ key }) => nameOf(key))),
      right: null,
      rows: shown.length,
      next: (seconds, row, by) => nextStretch(shown[row]?.stretches ?? [], seconds, by, range),
      paint: (canvas, ink) => paintStates(canvas, lanes, ink),
    };
  });
  const moment = (us: number) => formatMoment(us / 1000, board.nowMs(), board.zone());
  const found = (at: Cursor) => stretchOf(rows()[at.row]?.stretches ?? [], at.seconds);
  /** What lasts still has no end that is known. */
  const isOpen = ({ provisional, untilUs }: Stretch) => provisional && untilUs >= (props.picture.maxEventTimeUs ?? 0);
  const lasts = (stretch: Stretch) => {
    const { fromUs, untilUs, revised } = stretch;
    const open = isOpen(stretch);
    const times = `${moment(fromUs)} – ${open ? 'now' : moment(untilUs)}`;
    const state = stretch.provisional ? ' · provisional' : revised ? ' · revised' : '';
    return { times: `${times}${state}`, length: `${open ? 'for ' : ''}${formatSpan((untilUs - fromUs) / 1000)}` };
  };
  const shares = createMemo(() => {
    const all = timeShares(rows(), extent());
    const shown = all.slice(0, all.length > MOST_SHARES ? MOST_SHARES - 1 : MOST_SHARES);
    return { shown, rest: all.slice(shown.length).reduce((sum, { share }) => sum + share, 0) };
  });
  const percent = (share: number) => formatValue(share, { unit: 'percentunit', decimals: share < 0.1 ? 1 : 0 }).text;
  const notes = () => {
    const { hiddenRows, keptFromUs } = props.picture;
    const words: string[] = [];
    if (hiddenRows > 0) words.push(`+ ${hiddenRows} more rows, not drawn`);
    if (keptFromUs !== null && keptFromUs / 1e6 > extent().fromS) words.push(`complete since ${moment(keptFromUs)}`);
    return words.join(' · ');
  };
  const summary = () => {
    const now = rows().flatMap(({ key, stretches }) => {
      const last = stretches.at(-1);
      return last ? [`${nameOf(key)} ${looks()(last.state).text}`] : [];
    });
    return `${props.panel.title}, ${props.state.word}. ${now.join(', ')}`;
  };
  const say = (at: Cursor) => {
    const stretch = found(at);
    const name = nameOf(rows()[at.row]?.key ?? '');
    if (!stretch) return `${name}: nothing known at ${moment(at.seconds * 1e6)}`;
    const { times, length } = lasts(stretch);
    return `${name}: ${looks()(stretch.state).text}, ${times}, ${length}`;
  };
  return (
    <Show when={scene()} fallback={<p class="empty">No state was told in this time.</p>}>
      {(now) => (
        <>
          <Chart
            scene={now()}
            summary={summary()}
            state={props.state.word}
            say={say}
            cell={(at) => {
              const stretch = found(at);
              return stretch && { fromS: stretch.fromUs / 1e6, toS: stretch.untilUs / 1e6, row: at.row };
            }}
            tooltip={(tip) => {
              const stretch = () => found(tip.cursor);
              return (
                <Show when={stretch()} fallback={<header>nothing known</header>}>
                  {(there) => (
                    <>
                      <header>
                        {nameOf(rows()[tip.cursor.row]?.key ?? '')} · {lasts(there()).times}
                      </header>
                      <div>
                        <span
                          class="swatch"
                          data-shape="state"
                          style={{ '--swatch': colorOf(looks()(there().state).color) }}
                        />
                        {looks()(there().state).text}
                        <b>{lasts(there()).length}</b>
                      </div>
                    </>
                  )}
                </Show>
              );
            }}
          />
          <Folding
            names={shares()
              .shown.map(({ state }) => state)
              .join()}
          >
            <For each={shares().shown.map(({ state }) => state)}>
              {(state) => (
                <li data-key={String(state)}>
                  <span class="swatch" data-shape="state" style={{ '--swatch': colorOf(looks()(state).color) }} />
                  {looks()(state).text} <b>{percent(shares().shown.find((one) => one.state === state)?.share ?? 0)}</b>
                </li>
              )}
            </For>
            <Show when={shares().rest > 0}>
              <li>
                other states <b>{percent(shares().rest)}</b>
              </li>
            </Show>
            <Show when={notes()}>
              <li>{notes()}</li>
            </Show>
          </Folding>
        </>
      )}
    </Show>
  );
}
