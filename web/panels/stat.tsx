import { createEffect, createMemo, For, type JSX, Match, Show, Switch } from 'solid-js';
import { parseDurationUs } from '../../contract/spec/duration.ts';
import type { StatPanel } from '../../contract/spec/panel.ts';
import type { Span } from '../../contract/worker-api.ts';
import { formatSpan, formatValue } from '../format.ts';
import { createAsked } from './asked.ts';
import { useBoard } from './board-context.ts';
import { createComparedPicture } from './compare.ts';
import { coverWords } from './cover-words.ts';
import type { KindProps } from './kind-props.ts';
import { PassedFor } from './passed-for.ts';
import { shownValue } from './shown-value.ts';
import { condense, sparkPaths } from './sparkline.ts';
import { changeOf, passedSince } from './stat-words.ts';
import { versusWords } from './versus-words.ts';

/** More points than this are noise in a picture this small. */
const SPARK_POINTS = 36;

/** One number, what it covers, how it stands to the same length of time before, and its windows as a sparkline. */
export function Stat(props: KindProps<StatPanel, 'fold'>): JSX.Element {
  const board = useBoard();
  const raw = () => props.picture.rows[0]?.value ?? null;
  const shown = createMemo(() => shownValue(raw(), props.panel));
  // The newest windows are still filling: they would always look like a fall.
  const settled = createMemo(() => {
    const { spark, watermarkUs, stepUs } = props.picture;
    if (!spark || watermarkUs === null) return 0;
    let end = spark.xSeconds.length;
    while (end > 0 && (spark.xSeconds[end - 1] ?? 0) * 1e6 + stepUs > watermarkUs) end--;
    return end;
  });
  const paths = createMemo(() => {
    const values = props.picture.spark?.values.subarray(0, settled());
    return values && values.length > 0 ? sparkPaths(condense(values, SPARK_POINTS)) : null;
  });
  const over = (): Span | null => {
    const { over: wanted } = props.panel;
    if (wanted === 'range') return board.span();
    return wanted === undefined ? null : parseDurationUs(wanted);
  };
  const covers = () =>
    coverWords({
      over: over(),
      isRange: props.panel.over === 'range',
      windowSizeUs: props.picture.windowSizeUs,
      view: board.view(),
      picture: props.picture,
      nowMs: board.nowMs(),
      zone: board.zone(),
    });
  const versus = createMemo(
    () =>
      versusWords(
        props.picture.versus,
        (value) => formatValue(value, { unit: props.panel.unit, decimals: props.panel.decimals }).text,
        board.nowMs(),
        board.zone(),
      ),
    undefined,
    { equals: (a, b) => a?.whole === b?.whole },
  );
  const before = createComparedPicture('fold', () => props.request);
  const changed = createMemo(() => {
    const then = before();
    const was = then?.picture.rows[0]?.value ?? null;
    const change = then && changeOf(raw(), was, props.panel.unit);
    if (!then || !change) return null;
    const text = (value: number | null) => shownValue(value, props.panel).text;
    return { ...change, words: then.words, whole: `${text(raw())} so far, against ${text(was)} ${then.words}` };
  });
  const bound = () => {
    const { relativeError } = props.picture;
    return relativeError > 0 ? `± ${Number((relativeError * 100).toPrecision(2))} %` : null;
  };
  /** What it covers is then the length compared with: where there is little room it is said once. */
  const compared = () => (bound() === null ? versus() : null);
  const asked = createAsked(() => props.request);
  const passedFor = new PassedFor();
  const alarm = createMemo(() => {
    const { passed } = shown();
    const { maxEventTimeUs, untilUs, spark } = props.picture;
    const eventUs = typeof board.view().until === 'number' ? (untilUs ?? maxEventTimeUs) : maxEventTimeUs;
    if (passed === null) passedFor.notPassed(asked());
    if (passed === null || eventUs === null) return null;
    // What was between then and now, nobody here has seen.
    if (board.isKept(props.picture)) return { ...passed, forMs: 0, atLeast: false };
    const told = spark && passedSince(spark, settled(), props.panel);
    return { ...passed, ...passedFor.passed(asked(), eventUs, told) };
  });
  createEffect(() => {
    const now = alarm();
    props.onAlarm(now && { level: now.level, word: now.word, short: now.short });
  });
  const alarmed = () => {
    const now = alarm();
    return now && now.forMs >= 1000 ? `for ${now.atLeast ? 'over ' : ''}${formatSpan(now.forMs)}` : null;
  };
  const rem = () => 16 * board.ink().scale;
  /** High panels have their sparkline below the number, and a number as large as there is room for. */
  const tall = () => props.room.height > 9 * rem();
  const large = () => {
    const letters = Math.max(3, shown().value.length + shown().suffix.length * 0.55 + 0.5);
    const high = props.room.height * (tall() ? 0.4 : 0.55);
    const wide = props.room.width * (tall() || paths() === null ? 0.95 : 0.6);
    const fits = Math.min(high, wide / (letters * 0.6)) / rem();
    return fits > 2.5 ? `${Math.min(5.5, fits).toFixed(2)}rem` : undefined;
  };
  const footTitle = () =>
    props.state.age.length > 0 ? props.state.age.join(' · ') : (changed()?.whole ?? versus()?.whole);
  return (
    <div class="stat" classList={{ tall: tall() }} style={{ '--large': large() }}>
      <div class="stat-line">
        <p class="stat-value" data-value={raw() ?? ''} style={{ '--shown': shown().color ?? undefined }}>
          {shown().value}
          <Show when={shown().suffix}>
            <small>{shown().suffix}</small>
          </Show>
        </p>
        <Show when={paths()}>
          {(drawn) => (
            <svg class="sparkline" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
              <path class="fill" d={drawn().area} />
              <path class="line" d={drawn().line} />
            </svg>
          )}
        </Show>
      </div>
      <p class="stat-foot" title={footTitle()}>
        <Switch
          fallback={
            <>
              <span classList={{ wide: compared() !== null }}>
                <CoverWords {...covers()} />
              </span>
              <Show when={bound()}>{(words) => <span>{words()}</span>}</Show>
              <Show when={compared()}>
                {(words) => (
                  <span class="versus">
                    {words().change} vs <span class="wide">{words().length} before</span>
                    <span class="narrow">prior {words().length}</span>
                  </span>
                )}
              </Show>
            </>
          }
        >
          <Match when={props.state.age.length > 0}>
            <For each={props.state.age}>{(words) => <span class="age">{words}</span>}</For>
          </Match>
          <Match when={alarmed()}>{(words) => <span>{words()}</span>}</Match>
          <Match when={changed()}>
            {(now) => (
              <span class="versus">
                {now().change} vs {now().words}
              </span>
            )}
          </Match>
        </Switch>
      </p>
    </div>
  );
}

/** What a number covers; where there is little room, how much is enough. */
function CoverWords(props: { last?: string; text: string }): JSX.Element {
  return (
    <>
      <span class="wide">{props.last}</span>
      {props.text}
    </>
  );
}
