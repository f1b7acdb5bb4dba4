import { createEffect, createMemo, createSignal, type JSX, Show } from 'solid-js';
import type { TimeseriesPanel } from '../../contract/spec/panel.ts';
import { Chart } from '../charts/chart.tsx';
import { ownSpan } from '../charts/extent.ts';
import { paintPlot } from '../charts/paint.ts';
import { makePlot, newestIndex, stopsOf } from '../charts/plot.ts';
import { type Cursor, type Scene, valueAxis } from '../charts/scene.ts';
import { createExtent } from '../charts/use-extent.ts';
import { formatTick } from '../format.ts';
import { useBoard } from './board-context.ts';
import { createComparedPicture } from './compare.ts';
import type { KindProps } from './kind-props.ts';
import { createChosen } from './timeseries-chosen.ts';
import { gravestOf, legendItems, type Reading, tooltipRows, valueText } from './timeseries-items.ts';
import { Legend } from './timeseries-legend.tsx';
import { limitsOf, looksOf } from './timeseries-looks.ts';
import { ValuesTooltip } from './timeseries-tooltip.tsx';
import { marksIn, missingWords, valuesAt, windowTimes } from './timeseries-words.ts';
import { windowNamer } from './window-name.ts';

const AT_TITLE =
  'The values beside the names are those where the lines end, at the end of that window; a dot right of it is what the window still filling has so far';
/** Of a tooltip: what is above and below its rows, and a row. */
const TOOLTIP_PX = 56;
const TOOLTIP_ROW_PX = 17;

/** Measures over time, with a legend of the values where the lines end or under the crosshair, and of when that is. */
export function Timeseries(props: KindProps<TimeseriesPanel, 'series'>): JSX.Element {
  const board = useBoard();
  const slotOf = (name: string) =>
    props.panel.series
      ? board.colors.slot(props.panel.series, name, board.seriesColumns.get(props.panel.series))
      : board.colors.slot('measures', name, props.panel.y);
  const looks = createMemo(() => looksOf(props.panel, (name) => slotOf(name) + 1));
  const chosen = createMemo(() => createChosen(props.panel, looks().isHidden));
  const compared = createComparedPicture('series', () => props.request);
  const [cursor, setCursor] = createSignal<Cursor | null>(null);
  const names = createMemo(() => props.picture.series.map(({ name }) => name), [], { equals: sameTexts });
  const edges = createMemo(() => looks().edges(names()));
  const bands = createMemo(() => looks().bands(names()));
  const limits = createMemo(() => limitsOf(props.panel));
  const plot = createMemo(() =>
    makePlot(props.picture, {
      stack: props.panel.stack,
      span: ownSpan(board.view()),
      watermarkUs: props.picture.watermarkUs,
      maxEventTimeUs: props.picture.maxEventTimeUs,
      look: looks().look,
      shown: chosen().isShown,
      nulls: props.panel.nulls ?? 'gap',
      bands: bands(),
      edges: edges(),
      min: props.panel.min,
      max: props.panel.max,
      limits: limits(),
      earlier: compared(),
    }),
  );
  const extent = createExtent(() => plot()?.own ?? { fromS: 0, toS: 1 });
  const scene = createMemo((): Scene | null => {
    const now = plot();
    if (!now) return null;
    const axis = (right: boolean) => {
      const unit = now.series.find((one) => one.right === right)?.unit ?? props.panel.unit;
      return valueAxis((right && now.rightRange) || now.range, (value, step, largest) =>
        formatTick(value, step, { unit, largest }),
      );
    };
    return {
      extent: extent(),
      stops: stopsOf(now),
      left: axis(false),
      right: now.rightRange && axis(true),
      rows: 0,
      paint: (canvas, ink) => paintPlot(canvas, now, ink),
    };
  });
  const reading = createMemo((): Reading | null => {
    const now = plot();
    if (!now) return null;
    const pointed = cursor()?.index;
    return {
      panel: props.panel,
      picture: props.picture,
      plot: now,
      looks: looks(),
      edges: edges(),
      extent: extent(),
      index: pointed === undefined ? newestIndex(now) : Math.min(pointed, now.startSeconds.length - 1),
      pointed: pointed !== undefined,
      isShown: chosen().isShown,
      earlierWords: compared()?.words ?? null,
    };
  });
  const items = createMemo(() => {
    const now = reading();
    return now ? legendItems(now) : [];
  });
  const namer = createMemo(() => windowNamer(board.windows()[props.panel.window]));
  createEffect(() => {
    const now = plot();
    props.onAlarm(now && gravestOf(props.panel, now));
  });
  const at = ({ plot: now, index }: Reading) => valuesAt(now, index, props.picture.stepUs !== 0, namer(), board.zone());
  const summary = ({ plot: now, ...rest }: Reading) => {
    const last = newestIndex(now);
    const values = now.series.map(
      ({ name, title, values }) => `${title} ${valueText(rest, name, values[last] ?? Number.NaN)}`,
    );
    return `${props.panel.title}, ${props.state.word}. ${values.join(', ')}`;
  };
  const notes = () => {
    const before = compared();
    const missing = missingWords(props.picture, extent().fromS, board.nowMs(), board.zone());
    const nothing = before?.picture.xSeconds.length === 0 ? `nothing is kept of ${before.words}` : '';
    return [missing, nothing].filter((words) => words !== '').join(' · ');
  };
  const header = ({ plot: now, index }: Reading) => windowTimes(now, index, extent().toS, namer(), board.zone());
  const marks = ({ plot: now, index }: Reading) => marksIn(now, index, board.annotations());
  const say = () => {
    const now = reading();
    if (!now) return '';
    const values = tooltipRows(now).map(
      ({ name, value, was }) => `${name} ${value}${was === null ? '' : ` (${now.earlierWords} ${was})`}`,
    );
    return [header(now), ...values, ...marks(now)].join(', ');
  };
  const rowsThatFit = () => Math.max(2, Math.floor((props.room.height - TOOLTIP_PX) / TOOLTIP_ROW_PX));
  return (
    <Show when={scene()}>
      {(now) => (
        <Show when={reading()}>
          {(read) => (
            <>
              <Chart
                scene={now()}
                summary={summary(read())}
                state={props.state.word}
                onCursor={setCursor}
                say={say}
                tooltip={() => (
                  <ValuesTooltip
                    header={header(read())}
                    rows={tooltipRows(read())}
                    most={rowsThatFit()}
                    earlierWords={read().plot.earlier.length > 0 ? read().earlierWords : null}
                    marks={marks(read())}
                  />
                )}
              />
              <Legend
                at={at(read())}
                atTitle={AT_TITLE}
                items={items()}
                notes={notes()}
                onToggle={(name) => chosen().toggle(name)}
                onOnly={(name) => chosen().only(name, names())}
              />
            </>
          )}
        </Show>
      )}
    </Show>
  );
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}
