import { createMemo, createSignal, type JSX, Show } from 'solid-js';
import type { HeatmapPanel } from '../../contract/spec/panel.ts';
import { Chart } from '../charts/chart.tsx';
import { ownSpan } from '../charts/extent.ts';
import { type Heat, makeHeat, shareOf } from '../charts/heat.ts';
import { createHeatPainter } from '../charts/paint-heat.ts';
import { sequentialPalette } from '../charts/palette.ts';
import { type Cursor, rowAxis, type Scene } from '../charts/scene.ts';
import { createExtent } from '../charts/use-extent.ts';
import { formatValue } from '../format.ts';
import { formatDay, formatMoment, formatWindow } from '../format-time.ts';
import { useBoard } from './board-context.ts';
import type { KindProps } from './kind-props.ts';
import { mapped } from './mappings.ts';

const RAMP = [0, 0.2, 0.4, 0.6, 0.8, 1];
/** Narrower cells than this are read as one. */
const CELL_PX = 2;

/** A measure by colour: a row a value of the by-column, a column a window. */
export function Heatmap(props: KindProps<HeatmapPanel, 'series'>): JSX.Element {
  const board = useBoard();
  const paint = createHeatPainter();
  const [cursor, setCursor] = createSignal<Cursor | null>(null);
  const palette = createMemo(() => sequentialPalette(board.ink().surface, board.ink().accent, board.ink().text));
  const mostColumns = createMemo(() => Math.max(20, Math.round(props.room.width / CELL_PX / 50) * 50));
  const heat = createMemo(() =>
    makeHeat(props.picture, { log: props.panel.scale === 'log', mostColumns: mostColumns() }),
  );
  const watermarkS = () => (props.picture.watermarkUs === null ? null : props.picture.watermarkUs / 1e6);
  const extent = createExtent(() => {
    const now = heat();
    const span = ownSpan(board.view());
    if (!now) return { fromS: 0, toS: 1 };
    const toS = now.firstS + now.columns * now.columnS;
    return { fromS: span === 'all' ? now.firstS : Math.max(now.firstS, toS - span / 1e6), toS };
  });
  const middles = createMemo(() => {
    const { firstS = 0, columnS = 1, columns = 0 } = heat() ?? {};
    return Float64Array.from({ length: columns }, (_, column) => firstS + (column + 0.5) * columnS);
  });
  const scene = createMemo((): Scene | null => {
    const now = heat();
    if (!now) return null;
    const markedS = watermarkS();
    const colors = palette();
    return {
      extent: extent(),
      stops: middles(),
      left: rowAxis(now.rows),
      right: null,
      rows: now.rows.length,
      paint: (canvas, ink) => paint(canvas, now, markedS, colors, ink),
    };
  });
  const textOf = (value: number | undefined) =>
    mapped(value, props.panel.mappings)?.text ??
    formatValue(value, { unit: props.panel.unit, decimals: props.panel.decimals }).text;
  const cellOf = (now: Heat, at: Cursor) => {
    const column = Math.min(now.columns - 1, Math.max(0, Math.floor((at.seconds - now.firstS) / now.columnS)));
    const fromS = now.firstS + column * now.columnS;
    return { fromS, toS: fromS + now.columnS, row: at.row, value: now.values[at.row * now.columns + column] };
  };
  const times = (fromS: number, toS: number) => {
    const far = Math.abs(extent().toS - fromS) > 86_400;
    const day = far ? `, ${formatDay(fromS * 1000, board.zone())}` : '';
    const { watermarkUs } = props.picture;
    const open = watermarkUs !== null && toS * 1e6 > watermarkUs;
    return `${formatWindow(fromS * 1000, (toS - fromS) * 1000, board.zone())}${day}${open ? ' · provisional' : ''}`;
  };
  const notes = () => {
    const { hiddenSeries, keptFromUs } = props.picture;
    const now = heat();
    const words: string[] = [];
    if (hiddenSeries > 0) words.push(`+ ${hiddenSeries} more rows, not drawn`);
    if (now && now.perColumn > 1) words.push(`a column is the mean of ${now.perColumn} windows`);
    if (keptFromUs !== null && keptFromUs / 1e6 > extent().fromS)
      words.push(`complete since ${formatMoment(keptFromUs / 1000, board.nowMs(), board.zone())}`);
    return words.join(' · ');
  };
  const summary = () => {
    const now = heat();
    if (!now?.range) return `${props.panel.title}: no windows in view`;
    const hot = hottest(now);
    const where = hot && `most in ${now.rows[hot.row]}, ${times(hot.fromS, hot.fromS + now.columnS)}`;
    return `${props.panel.title}, ${props.state.word}. ${now.rows.length} rows, ${textOf(now.range.min)} to ${textOf(now.range.max)}; ${where}`;
  };
  const say = (at: Cursor) => {
    const now = heat();
    if (!now) return '';
    const { fromS, toS, value } = cellOf(now, at);
    return `${now.rows[at.row]}, ${times(fromS, toS)}: ${textOf(value)}`;
  };
  /** Where in the ramp the value under the cursor lies. */
  const pointed = () => {
    const now = heat();
    const at = cursor();
    if (!now || !at?.here) return null;
    const { value } = cellOf(now, at);
    return value === undefined || Number.isNaN(value) ? null : shareOf(now, value);
  };
  return (
    <Show when={scene()}>
      {(now) => (
        <>
          <Chart
            scene={now()}
            summary={summary()}
            state={props.state.word}
            onCursor={setCursor}
            say={say}
            cell={(at) => {
              const made = heat();
              return made && cellOf(made, at);
            }}
            tooltip={(tip) => {
              const cell = () => {
                const made = heat();
                return made && { ...cellOf(made, tip.cursor), name: made.rows[tip.cursor.row] };
              };
              return (
                <>
                  <header>{times(cell()?.fromS ?? 0, cell()?.toS ?? 0)}</header>
                  <div>
                    {cell()?.name}
                    <b>{textOf(cell()?.value)}</b>
                  </div>
                </>
              );
            }}
          />
          <div class="ramp">
            <Show when={heat()?.range}>
              {(range) => (
                <>
                  <span>{textOf(range().min)}</span>
                  <span
                    class="ramp-bar"
                    style={{ background: `linear-gradient(to right, ${RAMP.map(palette().css).join(', ')})` }}
                  >
                    <Show when={pointed() !== null}>
                      <span class="ramp-at" style={{ left: `${(pointed() ?? 0) * 100}%` }} />
                    </Show>
                  </span>
                  <span>
                    {textOf(range().max)}
                    {props.panel.scale === 'log' ? ', logarithmic' : ''}
                  </span>
                </>
              )}
            </Show>
            <span class="note">{notes()}</span>
          </div>
        </>
      )}
    </Show>
  );
}

function hottest({ values, columns, firstS, columnS }: Heat): { row: number; fromS: number } | null {
  let best = -1;
  for (let cell = 0; cell < values.length; cell++)
    if (!Number.isNaN(values[cell]) && (best < 0 || (values[cell] ?? 0) > (values[best] ?? 0))) best = cell;
  return best < 0 ? null : { row: Math.floor(best / columns), fromS: firstS + (best % columns) * columnS };
}
