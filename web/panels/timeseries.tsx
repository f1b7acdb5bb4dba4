import { createMemo, For, type JSX, Show } from 'solid-js';
import type { TimeseriesPanel } from '../../contract/spec/panel.ts';
import { Chart } from '../charts/chart.tsx';
import { makePlot, newestIndex, type Plot } from '../charts/plot.ts';
import { formatValue } from '../format.ts';
import { formatClock, formatMoment } from '../format-time.ts';
import { useBoard } from './board-context.ts';
import type { KindProps } from './kind-props.ts';
import { windowNamer } from './window-name.ts';

const AT_TITLE =
  'The values beside the names are those where the lines end, at the end of that window; a dot right of it is what the window still filling has so far';

/** Measures over time, with a legend of the values where the lines end, and of when that is. */
export function Timeseries(props: KindProps<TimeseriesPanel, 'series'>): JSX.Element {
  const board = useBoard();
  const slotOf = (name: string) =>
    props.panel.series
      ? board.colors.slot(props.panel.series, name, board.seriesColumns.get(props.panel.series))
      : board.colors.slot('measures', name, props.panel.y);
  const plot = createMemo(() =>
    makePlot(props.picture, {
      draw: props.panel.draw,
      stack: props.panel.stack,
      span: board.span(),
      watermarkUs: props.picture.watermarkUs,
      maxEventTimeUs: props.picture.maxEventTimeUs,
      slot: slotOf,
    }),
  );
  const format = (value: number | undefined) =>
    formatValue(value, { unit: props.panel.unit, decimals: props.panel.decimals }).text;
  const legend = createMemo(() => {
    const now = plot();
    if (!now) return [];
    const index = newestIndex(now);
    return now.series.map(({ name, slot, values }) => ({
      name,
      slot,
      value: format(values[index]),
      raw: values[index],
    }));
  });
  const namer = createMemo(() => windowNamer(board.windows()[props.panel.window]));
  /** When the values of the legend are of. */
  const at = () => {
    const now = plot();
    if (!now) return '';
    const index = newestIndex(now);
    const start = (now.startSeconds[index] ?? 0) * 1000;
    const filling = now.soFar && index === now.startSeconds.length - 1;
    const end = start + (props.picture.stepUs === 0 ? 0 : now.windowSizeS * 1000);
    if (filling) return `so far, ${formatClock((now.xSeconds[index] ?? 0) * 1000, board.zone())}`;
    const named = namer()?.(end);
    return named ? `${named.relation} ${named.name}` : `at ${formatClock(end, board.zone())}`;
  };
  const notes = () => {
    const { hiddenSeries, keptFromUs, coarseBeforeUs } = props.picture;
    const now = plot();
    const words: string[] = [];
    if (hiddenSeries > 0) words.push(`+ ${hiddenSeries} more, not drawn`);
    if (keptFromUs !== null && now && keptFromUs / 1e6 > now.fromS)
      words.push(`complete since ${formatMoment(keptFromUs / 1000, board.nowMs(), board.zone())}`);
    if (coarseBeforeUs !== null && now && coarseBeforeUs / 1e6 > now.fromS)
      words.push(`means of longer windows before ${formatMoment(coarseBeforeUs / 1000, board.nowMs(), board.zone())}`);
    return words.join(' · ');
  };
  const summary = () => {
    const now = plot();
    if (!now) return `${props.panel.title}: no windows in view`;
    return `${props.panel.title}, ${props.state.word}. ${legend()
      .map(({ name, value }) => `${name} ${value}`)
      .join(', ')}`;
  };
  return (
    <Show when={plot()}>
      {(now) => (
        <>
          <Chart
            plot={now()}
            ink={board.ink()}
            unit={props.panel.unit}
            decimals={props.panel.decimals}
            zone={board.zone()}
            windowName={(endMs) => {
              const named = namer()?.(endMs);
              return named ? `${named.relation === 'of' ? '' : 'up to '}${named.name}` : null;
            }}
            summary={summary()}
          />
          <ul class="legend">
            <li class="at" title={AT_TITLE}>
              {at()}
            </li>
            <For each={names(now())}>
              {(name, index) => (
                <li data-key={name} data-value={legend()[index()]?.raw}>
                  <span class="swatch" style={{ '--swatch': `var(--series-${slotOf(name) + 1})` }} />
                  {name} <b>{legend()[index()]?.value}</b>
                </li>
              )}
            </For>
            <Show when={notes()}>
              <li>{notes()}</li>
            </Show>
          </ul>
        </>
      )}
    </Show>
  );
}

function names(plot: Plot): string[] {
  return plot.series.map(({ name }) => name);
}
