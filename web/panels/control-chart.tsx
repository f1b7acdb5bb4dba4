import { createEffect, createMemo, createSignal, type JSX, Show } from 'solid-js';
import type { ControlChartPanel } from '../../contract/spec/panel.ts';
import { Chart } from '../charts/chart.tsx';
import { ownSpan } from '../charts/extent.ts';
import { type Control, paintControl } from '../charts/paint-control.ts';
import { makePlot, newestIndex, type SeriesLook } from '../charts/plot.ts';
import { type Cursor, type Scene, valueAxis } from '../charts/scene.ts';
import { createExtent } from '../charts/use-extent.ts';
import { formatTick, formatValue } from '../format.ts';
import { useBoard } from './board-context.ts';
import type { KindProps } from './kind-props.ts';
import { colorOf } from './mappings.ts';
import { type Limits, limitsOf, RULE_WORDS, type Rule, violations, violationWords } from './spc.ts';
import { Folding } from './timeseries-legend.tsx';
import { marksIn, missingWords, valuesAt, windowTimes } from './timeseries-words.ts';
import { windowNamer } from './window-name.ts';

type Picture = KindProps<ControlChartPanel, 'series'>['picture'];

/** A measure against its control limits: what is final is judged, what is provisional is drawn and not judged. */
export function ControlChart(props: KindProps<ControlChartPanel, 'series'>): JSX.Element {
  const board = useBoard();
  const [cursor, setCursor] = createSignal<Cursor | null>(null);
  const color = () => board.colors.slot('measures', props.panel.value) + 1;
  const control = createMemo((): Control | null => {
    const { center, lower, upper, specLow, specHigh, unit, decimals } = props.panel;
    const values = props.picture.series[0]?.values;
    if (!values) return null;
    const settled = settledCount(props.picture);
    const limits = limitsOf(inView(props.picture, values, settled), { center, lower, upper });
    const lines = [limits?.lower, limits?.upper, limits?.center, specLow, specHigh];
    const look: SeriesLook = {
      title: props.panel.value,
      color: color(),
      draw: 'line',
      right: false,
      dashed: false,
      unit,
      decimals,
    };
    const plot = makePlot(props.picture, {
      stack: false,
      span: ownSpan(board.view()),
      watermarkUs: props.picture.watermarkUs,
      maxEventTimeUs: props.picture.maxEventTimeUs,
      look: () => look,
      shown: () => true,
      reach: lines.filter((one) => one !== undefined),
    });
    const broken = limits ? violations(values, limits, settled) : new Uint8Array(values.length);
    return plot && { plot, limits, specLow, specHigh, broken };
  });
  const extent = createExtent(() => control()?.plot.own ?? { fromS: 0, toS: 1 });
  const scene = createMemo((): Scene | null => {
    const now = control();
    return (
      now && {
        extent: extent(),
        stops: now.plot.xSeconds,
        left: valueAxis(now.plot.range, (value, step, largest) =>
          formatTick(value, step, { unit: props.panel.unit, largest }),
        ),
        right: null,
        rows: 0,
        paint: (canvas, ink) => paintControl(canvas, now, ink),
      }
    );
  });
  const namer = createMemo(() => windowNamer(board.windows()[props.panel.window]));
  createEffect(() => {
    const now = control();
    const found = now && violationWords(now.broken);
    props.onAlarm(
      found ? { level: found.rule === 1 ? 'alarm' : 'warn', word: found.words, short: `rule ${found.rule}` } : null,
    );
  });
  const text = (value: number | undefined) =>
    formatValue(value, { unit: props.panel.unit, decimals: props.panel.decimals }).text;
  const index = () => {
    const now = control();
    if (!now) return 0;
    const at = cursor()?.index;
    return at === undefined ? newestIndex(now.plot) : Math.min(at, now.plot.startSeconds.length - 1);
  };
  const value = () => control()?.plot.series[0]?.values[index()];
  const rule = () => {
    const broken = control()?.broken[index()] ?? 0;
    return broken === 0 ? null : `rule ${broken}: ${RULE_WORDS[broken as Rule]}`;
  };
  const times = () => {
    const now = control();
    return now ? windowTimes(now.plot, index(), extent().toS, namer(), board.zone()) : '';
  };
  const limits = () => control()?.limits ?? null;
  const outside = (at: number | undefined) => {
    const { specLow, specHigh } = props.panel;
    if (at === undefined || Number.isNaN(at)) return null;
    if (specHigh !== undefined && at > specHigh) return 'above specification';
    return specLow !== undefined && at < specLow ? 'below specification' : null;
  };
  const counts = () => {
    const broken = control()?.broken;
    return broken ? countWords(broken) : null;
  };
  const summary = () => {
    const held = limits();
    const against = held
      ? `centre ${text(held.center)}, limits ${text(held.lower)} to ${text(held.upper)}`
      : 'too few final windows for limits';
    return `${props.panel.title}, ${props.state.word}. ${props.panel.value} ${text(value())}, ${against}; ${counts()?.words ?? 'no rule broken'}`;
  };
  const said = () => [rule(), outside(value())].filter((words) => words !== null);
  const marks = () => {
    const now = control();
    return now ? marksIn(now.plot, index(), board.annotations()) : [];
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
            say={() => [times(), text(value()), ...said(), ...marks()].join(', ')}
            tooltip={() => (
              <>
                <header>{times()}</header>
                <div>
                  <span class="swatch" style={{ '--swatch': colorOf(color()) }} />
                  {props.panel.value}
                  <b>{text(value())}</b>
                </div>
                <div class="what">{[...said(), ...marks()].join(' · ')}</div>
              </>
            )}
          />
          <Folding names={`${props.panel.value} ${counts()?.short}`}>
            <Show when={control()}>
              {(held) => (
                <li class="at">{valuesAt(held().plot, index(), props.picture.stepUs !== 0, namer(), board.zone())}</li>
              )}
            </Show>
            <li data-key={props.panel.value} data-value={value()}>
              <span class="swatch" style={{ '--swatch': colorOf(color()) }} />
              {props.panel.value} <b data-alarm={rule() ? 'alarm' : undefined}>{text(value())}</b>
            </li>
            <Show when={limits()} fallback={<li>Limits need two final windows</li>}>
              {(held) => <LimitItems limits={held()} text={text} />}
            </Show>
            <Show when={counts()}>
              {(said) => (
                <li class="broken" title={said().words}>
                  ◆ {said().short}
                </li>
              )}
            </Show>
            <Show when={missingWords(props.picture, extent().fromS, board.nowMs(), board.zone())}>
              {(words) => <li>{words()}</li>}
            </Show>
          </Folding>
        </>
      )}
    </Show>
  );
}

function LimitItems(props: { readonly limits: Limits; readonly text: (value: number) => string }): JSX.Element {
  return (
    <>
      <li>
        <span class="swatch" data-shape="thin" style={{ '--swatch': 'var(--muted)' }} />
        centre <b>{props.text(props.limits.center)}</b>
      </li>
      <li>
        <span class="swatch" data-shape="dashed" style={{ '--swatch': 'var(--late)' }} />
        limits <b>{`${props.text(props.limits.lower)} – ${props.text(props.limits.upper)}`}</b>
      </li>
    </>
  );
}

/** Final windows: those the watermark has passed. */
function settledCount({ xSeconds, stepUs, watermarkUs }: Picture): number {
  if (watermarkUs === null) return 0;
  let count = xSeconds.length;
  while (count > 0 && (xSeconds[count - 1] ?? 0) * 1e6 + stepUs > watermarkUs + 1) count--;
  return count;
}

function* inView({ xSeconds, stepUs, fromUs }: Picture, values: Float64Array, settled: number): Iterable<number> {
  for (let index = 0; index < settled; index++)
    if ((xSeconds[index] ?? 0) * 1e6 + stepUs > (fromUs ?? Number.NEGATIVE_INFINITY)) yield values[index] ?? Number.NaN;
}

/** `2 × rule 1 · 1 × rule 4`, and with the words of the rules; null: none is broken. */
function countWords(broken: Uint8Array): { readonly short: string; readonly words: string } | null {
  const found = ([1, 2, 3, 4] as const)
    .map((rule) => ({ rule, count: broken.reduce((sum, one) => sum + (one === rule ? 1 : 0), 0) }))
    .filter(({ count }) => count > 0);
  if (found.length === 0) return null;
  return {
    short: found.map(({ rule, count }) => `${count} × rule ${rule}`).join(' · '),
    words: found.map(({ rule, count }) => `${count} × rule ${rule}: ${RULE_WORDS[rule]}`).join(', '),
  };
}
