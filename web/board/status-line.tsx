import { createMemo, type JSX, Match, Show, Switch } from 'solid-js';
import type { Status } from '../../contract/worker-api.ts';
import { formatBytes, formatSpan, formatValue } from '../format.ts';
import { formatDay, formatMoment, type Zone } from '../format-time.ts';
import { Delivery } from './delivery.tsx';
import { deliverySummary } from './delivery-words.ts';
import { lettersHref } from './letters-href.ts';
import { summarize } from './status-summary.ts';

/** One line under the bar: is it live, how far has it come, what was late, what does it cost. */
export function StatusLine(props: {
  status: Status | null;
  nowMs: number;
  zone: Zone;
  /** Median of event published → drawn, ms; null before the first. */
  drawnMs: number | null;
  /** Why there is no engine for the moment; null: there is one. */
  changing: string | null;
  /** The engine runs in this tab. */
  runsHere: boolean;
  healthHref: string;
  onPlace: (place: 'help' | 'too-late') => void;
}): JSX.Element {
  const summary = createMemo(() => (props.status ? summarize(props.status, props.nowMs) : null));
  const delivered = createMemo(() => (props.status ? deliverySummary(props.status, props.nowMs) : null));
  const count = (value: number) => {
    if (value < 1e6) return formatValue(value, { unit: 'none', decimals: 0 }).text;
    const { value: digits, suffix } = formatValue(value, { decimals: 1 });
    return `${digits} ${suffix}`;
  };
  const milliseconds = (ms: number) => formatValue(ms, { unit: 'ms', decimals: ms < 1000 ? 0 : 1 }).text;
  return (
    <section class="status-line" data-status-line aria-label="Status">
      <Show when={summary()} fallback={<span>Starting the engine in this tab…</span>}>
        {(now) => (
          <>
            <Show when={props.changing}>
              {(words) => (
                <span class="changing" role="status">
                  <b>{words()}</b>; what is shown is the last that came
                </span>
              )}
            </Show>
            <Show when={now().aheadMs}>
              {(ms) => (
                <span class="ahead" title="The newest event lies after this computer's time: a clock is wrong">
                  clock ahead: event time <b>{formatDay(ms(), props.zone)}</b>
                </span>
              )}
            </Show>
            <Show when={now().replayMs}>
              {(ms) => (
                <span class="replay">
                  replay: event time <b>{formatDay(ms(), props.zone)}</b>
                </span>
              )}
            </Show>
            <Switch
              fallback={
                <span>
                  <b>{count(Math.round(props.status?.eventsPerSecond ?? 0))}</b> events/s
                </span>
              }
            >
              <Match when={now().rebuilding}>
                <span title="The engine is being replaced: what goes by the second is not known">
                  <b>rebuilding</b>
                </span>
              </Match>
              <Match when={now().opening}>
                <span title="Reading what this browser kept, and asking the relay what came after">
                  <b>loading</b>
                  <Show when={now().opensAlone}>, not connected</Show>
                </span>
              </Match>
              <Match when={!now().connected}>
                <span class="offline" title="What goes by the second is not known without the relay">
                  <b>not connected</b>
                  <Show when={now().offlineSinceMs}>
                    {(ms) => <>, as of {formatMoment(ms(), props.nowMs, props.zone)}</>}
                  </Show>
                </span>
              </Match>
              <Match when={now().catchingUp}>
                <span title="Reading what came before this page was opened">
                  <b>catching up</b>
                  <Show when={now().readMs}>
                    {(ms) => <>, events of {formatMoment(ms(), props.nowMs, props.zone)}</>}
                  </Show>
                  <Show when={now().readAgeMs}>{(ms) => <>, {formatSpan(ms())} old</>}</Show>
                  <Show when={now().lagRecords}>{(records) => <> · {count(records())} records to read</>}</Show>
                </span>
              </Match>
            </Switch>
            <Show when={now().lagMs !== null}>
              <span>
                lag <b>{milliseconds(now().lagMs ?? 0)}</b>
                <Show when={now().lagRecords}>{(records) => <> · {count(records())} records to read</>}</Show>
              </span>
            </Show>
            <Show when={now().watermarkMs}>
              {(ms) => (
                <span
                  title={`No more events are expected before this time${
                    now().watermarkOf === null ? '' : '; other streams are further'
                  }`}
                >
                  watermark <b>{formatMoment(ms(), props.nowMs, props.zone)}</b>
                  <Show when={now().watermarkOf}>{(name) => <> of {name()}</>}</Show>
                  <Show when={now().behindMs !== null}> · {behindWords(now().behindMs ?? 0)}</Show>
                </span>
              )}
            </Show>
            <span title="Events behind the watermark that still counted, and those too late for every window">
              late <b>{count(now().late)}</b> ·{' '}
              <Show
                when={now().tooLate > 0}
                fallback={
                  <>
                    too late <b>0</b>
                  </>
                }
              >
                <button
                  type="button"
                  class="line-link warns"
                  aria-haspopup="dialog"
                  title="Show the very rows"
                  onClick={() => props.onPlace('too-late')}
                >
                  too late <b>{count(now().tooLate)} ›</b>
                </button>
              </Show>
            </span>
            <Show when={now().deadLetters > 0}>
              <a href={lettersHref()} title={now().lastDeadLetter ?? 'Records that could not become rows'}>
                dead letters <b>{count(now().deadLetters)} ›</b>
              </a>
            </Show>
            <Show when={now().conflated > 0}>
              <span title="Records this tab was not given because newer ones of the same key were">
                passed over <b>{count(now().conflated)}</b>
              </span>
            </Show>
            <Show when={delivered()}>
              {(summary) => (
                <Show when={props.status}>
                  {(status) => (
                    <Delivery
                      status={status()}
                      summary={summary()}
                      zone={props.zone}
                      nowMs={props.nowMs}
                      runsHere={props.runsHere}
                    />
                  )}
                </Show>
              )}
            </Show>
            <span>
              rows <b>{count(props.status?.rows ?? 0)}</b> · {formatBytes(props.status?.memory.usedBytes ?? 0)} of{' '}
              {formatBytes(props.status?.memory.budgetBytes ?? 0)}
            </span>
            <Show when={props.drawnMs !== null && !now().catchingUp && !now().rebuilding && now().connected}>
              <span title="Median from the event at the relay to the picture on this screen">
                drawn <b>{milliseconds(props.drawnMs ?? 0)}</b> after the event
              </span>
            </Show>
            <span class="line-end">
              <a class="line-link quiet" href={props.healthHref}>
                health ›
              </a>
              <button
                type="button"
                class="line-link quiet"
                aria-haspopup="dialog"
                onClick={() => props.onPlace('help')}
              >
                keys <kbd>?</kbd>
              </button>
            </span>
          </>
        )}
      </Show>
    </section>
  );
}

function behindWords(ms: number): string {
  return ms < 1 ? 'at the newest event' : `${formatSpan(ms)} behind the newest event`;
}
