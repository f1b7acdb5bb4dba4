import { createEffect, createMemo, createSignal, type JSX, Show } from 'solid-js';
import type { TimeseriesPanel } from '../../contract/spec/panel.ts';
import { Chart } from '../charts/chart.tsx';
import { paintPlot } from '../charts/paint.ts';
import { type EarlierLine, earlierAt, makePlot, newestIndex, type Plot, stopsOf } from '../charts/plot.ts';
import { type Cursor, type Scene, valueAxis } from '../charts/scene.ts';
import { createExtent } from '../charts/use-extent.ts';
import { formatTick, formatValue } from '../format.ts';
import { useBoard } from './board-context.ts';
import { createComparedPicture } from './compare.ts';
import type { KindProps } from './kind-props.ts';
import { colorOf, mapped } from './mappings.ts';
import { type Passed, thresholdPassed } from './thresholds.ts';
import { createChosen } from './timeseries-chosen.ts';
import { Legend, type LegendItem } from './timeseries-legend.tsx';
import { limitsOf, looksOf } from './timeseries-looks.ts';
import { legendStat } from './timeseries-stats.ts';
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
  const limits = createMemo(() => limitsOf(props.panel));
  const bands = createMemo(() => looks().bands(names()));
  const plot = createMemo(() =>
    makePlot(props.picture, {
      stack: props.panel.stack,
      span: board.span(),
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
    const unitOf = (right: boolean) => now.series.find((one) => one.right === right)?.unit ?? props.panel.unit;
    const axis = (right: boolean) =>
      valueAxis((right && now.rightRange) || now.range, (value, step) =>
        formatTick(value, step, { unit: unitOf(right) }),
      );
    return {
      extent: extent(),
      stops: stopsOf(now),
      left: axis(false),
      right: now.rightRange && axis(true),
      rows: 0,
      paint: (canvas, ink) => paintPlot(canvas, now, ink),
    };
  });
  const textOf = (name: string, value: number | undefined) => {
    const { unit, decimals } = looks().look(name);
    return mapped(value, props.panel.mappings)?.text ?? formatValue(value, { unit, decimals }).text;
  };
  const wasOf = (line: EarlierLine | undefined, now: Plot, index: number, name: string) =>
    line ? textOf(name, earlierAt(line, (now.startSeconds[index] ?? 0) + now.windowSizeS, now.windowSizeS)) : null;
  /** The cursor's window, or the one where the lines end. */
  const index = () => {
    const at = cursor()?.index;
    const now = plot();
    if (!now) return 0;
    return at === undefined ? newestIndex(now) : Math.min(at, now.startSeconds.length - 1);
  };
  const passedOf = (now: Plot, name: string): Passed | null => {
    const series = now.series.find((one) => one.name === name);
    if (!series || series.right || limits().length === 0) return null;
    return thresholdPassed(series.values[newestIndex(now)] ?? null, { ...props.panel, unit: series.unit });
  };
  const isPlain = () => {
    const { coarseBeforeUs } = props.picture;
    return coarseBeforeUs === null || coarseBeforeUs / 1e6 <= extent().fromS;
  };
  const legend = createMemo((): LegendItem[] => {
    const now = plot();
    if (!now) return [];
    const at = index();
    const pointed = cursor() !== null;
    const stats = props.panel.legend ?? ['last'];
    const single = now.earlier.length === 1 && now.earlier[0]?.color === null;
    const items = props.picture.series.flatMap(({ name, values }): LegendItem[] => {
      if (edges().has(name)) return [];
      const look = looks().look(name);
      const line = now.earlier.find((one) => one.name === name);
      const said = pointed ? [] : stats.filter((stat) => stat !== 'last');
      const first = pointed || stats.includes('last') ? [{ word: '', text: textOf(name, values[at]) }] : [];
      return [
        {
          key: name,
          title: look.title,
          color: colorOf(look.color),
          shape: look.dashed ? 'dashed' : 'line',
          shown: chosen().isShown(name),
          right: look.right,
          values: [
            ...first,
            ...said.map((stat) => ({
              word: stat,
              text: textOf(name, legendStat(now, values, stat, extent(), isPlain())),
            })),
          ],
          raw: values[at],
          earlier: single ? null : wasOf(line, now, at, name),
          passed: passedOf(now, name),
          canToggle: true,
        },
      ];
    });
    return [...items, ...bandItems(now, at), ...earlierItems(now, at, single)];
  });
  const bandItems = (now: Plot, at: number): LegendItem[] =>
    now.bands.map(({ title, color, low, high }) => ({
      ...PLAIN,
      key: `band ${title}`,
      title,
      color: colorOf(color),
      shape: 'fill',
      values: [{ word: '', text: `${textOf(title, low[at])} – ${textOf(title, high[at])}` }],
    }));
  const earlierItems = (now: Plot, at: number, single: boolean): LegendItem[] => {
    const words = compared()?.words;
    const [line] = now.earlier;
    if (!words || !line) return [];
    const name = line.name ?? now.series[0]?.name ?? '';
    const text = wasOf(line, now, at, name);
    return [
      {
        ...PLAIN,
        key: words,
        title: words,
        color: 'var(--muted)',
        shape: 'thin',
        values: single && text !== null ? [{ word: '', text }] : [],
      },
    ];
  };
  const namer = createMemo(() => windowNamer(board.windows()[props.panel.window]));
  createEffect(() => {
    const now = plot();
    const found = now?.series.flatMap((one) => {
      const passed = passedOf(now, one.name);
      return passed
        ? [{ level: passed.level, word: now.series.length > 1 ? `${one.title} ${passed.word}` : passed.word }]
        : [];
    });
    props.onAlarm(found?.find(({ level }) => level === 'alarm') ?? found?.[0] ?? null);
  });
  const at = () => {
    const now = plot();
    return now ? valuesAt(now, index(), props.picture.stepUs !== 0, namer(), board.zone()) : '';
  };
  const summary = () => {
    const now = plot();
    if (!now) return `${props.panel.title}: no windows in view`;
    const last = newestIndex(now);
    return `${props.panel.title}, ${props.state.word}. ${now.series
      .map(({ name, title, values }) => `${title} ${textOf(name, values[last])}`)
      .join(', ')}`;
  };
  const rows = () => {
    const now = plot();
    const there = index();
    const made = (now?.series ?? []).map((one) => ({
      name: one.title,
      color: colorOf(one.color),
      value: textOf(one.name, one.values[there]),
      was: now ? wasOf(earlierOf(now, one.name), now, there, one.name) : null,
    }));
    return now?.stacked ? made.reverse() : made;
  };
  const header = () => {
    const now = plot();
    return now ? windowTimes(now, index(), extent().toS, namer(), board.zone()) : '';
  };
  const marks = () => {
    const now = plot();
    return now ? marksIn(now, index(), board.annotations()) : [];
  };
  const say = () =>
    [
      header(),
      ...rows().map(({ name, value, was }) => `${name} ${value}${was ? ` (${compared()?.words} ${was})` : ''}`),
      ...marks(),
    ].join(', ');
  const earlierOf = (now: Plot, name: string) => now.earlier.find((line) => line.name === name);
  return (
    <Show when={scene()}>
      {(now) => (
        <>
          <Chart
            scene={now()}
            summary={summary()}
            onCursor={setCursor}
            say={say}
            tooltip={() => (
              <ValuesTooltip
                header={header()}
                rows={rows()}
                most={Math.max(2, Math.floor((props.room.height - TOOLTIP_PX) / TOOLTIP_ROW_PX))}
                earlierWords={rows().some(({ was }) => was !== null) ? (compared()?.words ?? null) : null}
                marks={marks()}
              />
            )}
          />
          <Legend
            at={at()}
            atTitle={AT_TITLE}
            items={legend()}
            notes={missingWords(props.picture, extent().fromS, board.nowMs(), board.zone())}
            onToggle={(name) => chosen().toggle(name)}
            onOnly={(name) => chosen().only(name, names())}
          />
        </>
      )}
    </Show>
  );
}

const PLAIN = {
  shown: true,
  right: false,
  raw: undefined,
  earlier: null,
  passed: null,
  canToggle: false,
} as const;

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}
