import { createEffect, createMemo, For, type JSX, Match, Show, Switch } from 'solid-js';
import { parseDurationUs } from '../../contract/spec/duration.ts';
import type { StatPanel } from '../../contract/spec/panel.ts';
import type { Span } from '../../contract/worker-api.ts';
import { formatSpan, formatValue } from '../format.ts';
import { useBoard } from './board-context.ts';
import type { KindProps } from './kind-props.ts';
import { condense, sparkPaths } from './sparkline.ts';
import { thresholdPassed } from './thresholds.ts';
import { versusWords } from './versus-words.ts';
import { durationWords, newestWords } from './window-words.ts';

/** More points than this are noise in a picture this small. */
const SPARK_POINTS = 36;

/** One number, what it covers, how it stands to the same length of time before, and its windows as a sparkline. */
export function Stat(props: KindProps<StatPanel, 'fold'>): JSX.Element {
  const board = useBoard();
  const raw = () => props.picture.rows[0]?.value ?? null;
  const shown = createMemo(() => formatValue(raw(), { unit: props.panel.unit, decimals: props.panel.decimals }));
  // The newest windows are still filling: they would always look like a fall.
  const settled = createMemo(() => {
    const { spark, watermarkUs, stepUs } = props.picture;
    if (!spark || watermarkUs === null) return null;
    const { xSeconds, values } = spark;
    let end = xSeconds.length;
    while (end > 0 && (xSeconds[end - 1] ?? 0) * 1e6 + stepUs > watermarkUs) end--;
    return values.subarray(0, end);
  });
  const paths = createMemo(() => {
    const values = settled();
    return values ? sparkPaths(condense(values, SPARK_POINTS)) : null;
  });
  const over = (): Span | null => {
    const { over: wanted } = props.panel;
    if (wanted === 'range') return board.span();
    return wanted === undefined ? null : parseDurationUs(wanted);
  };
  const covers = () => {
    const span = over();
    if (span === null) return { text: newestWords(props.picture.windowSizeUs) };
    return span === 'all' ? { text: 'all kept' } : { last: 'last ', text: durationWords(span) };
  };
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
  const bound = () => {
    const { relativeError } = props.picture;
    return relativeError > 0 ? `± ${Number((relativeError * 100).toPrecision(2))} %` : null;
  };
  /** What it covers is then the length compared with: where there is little room it is said once. */
  const compared = () => (bound() === null ? versus() : null);
  let since: number | null = null;
  const alarm = createMemo(() => {
    const passed = thresholdPassed(raw(), props.panel);
    const eventUs = props.picture.maxEventTimeUs;
    since = passed ? (since ?? eventUs) : null;
    return passed && { ...passed, forMs: since === null || eventUs === null ? 0 : (eventUs - since) / 1000 };
  });
  createEffect(() => {
    const now = alarm();
    props.onAlarm(now && { level: now.level, word: now.word });
  });
  const alarmed = () => {
    const now = alarm();
    if (now) return now.forMs >= 1000 ? `for ${formatSpan(now.forMs)}` : null;
    return null;
  };
  const footTitle = () => (props.state.age.length > 0 ? props.state.age.join(' · ') : versus()?.whole);
  return (
    <div class="stat">
      <div class="stat-line">
        <p class="stat-value" data-value={raw() ?? ''}>
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
