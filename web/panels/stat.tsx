import { createEffect, createMemo, For, type JSX, Show } from 'solid-js';
import { parseDurationUs } from '../../contract/spec/duration.ts';
import type { StatPanel } from '../../contract/spec/panel.ts';
import type { Span } from '../../contract/worker-api.ts';
import { formatSpan, formatValue } from '../format.ts';
import { useBoard } from './board-context.ts';
import type { KindProps } from './kind-props.ts';
import { durationWords, newestWords } from './panel-words.tsx';
import { condense, sparkPaths, trend } from './sparkline.ts';
import { thresholdPassed } from './thresholds.ts';

/** More points than this are noise in a picture this small. */
const SPARK_POINTS = 36;

/** One number, what it covers, how it stands to the range before it, and its windows as a sparkline. */
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
    if (span === null) return newestWords(props.picture.windowSizeUs);
    return span === 'all' ? 'all kept' : `last ${durationWords(span)}`;
  };
  const drift = () => {
    const values = settled();
    const span = over();
    // Over all that is in view there is no time before to compare with.
    if (props.panel.over === 'range' || span === 'all') return null;
    const recent = Math.max(1, Math.round((span ?? 0) / (props.picture.stepUs || Number.POSITIVE_INFINITY)));
    const share = values ? trend(values, recent) : null;
    if (share === null || Math.abs(share) < 0.0005) return null;
    const percent = formatValue(Math.abs(share), {
      unit: 'percentunit',
      decimals: Math.abs(share) >= 0.1 ? 0 : 1,
    }).text;
    return `${share > 0 ? '▲' : '▼'} ${percent} vs before`;
  };
  const bound = () => {
    const { relativeError } = props.picture;
    return relativeError > 0 ? `± ${Number((relativeError * 100).toPrecision(2))} %` : null;
  };
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
  const foot = () => {
    const now = alarm();
    if (now) return now.forMs >= 1000 ? `for ${formatSpan(now.forMs)}` : covers();
    return [covers(), bound() ?? drift()].filter(Boolean).join(' · ');
  };
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
      <p class="stat-foot">
        <Show when={props.state.age.length > 0} fallback={foot()}>
          <For each={props.state.age}>{(words) => <span>{words}</span>}</For>
        </Show>
      </p>
    </div>
  );
}
