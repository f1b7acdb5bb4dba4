import { createMemo, createSignal, For, type JSX, Show } from 'solid-js';
import type { View } from '../board/view.ts';
import { useShortcuts } from '../shortcuts/shortcuts.ts';
import type { TimeControl } from './create-time.ts';
import { Popover } from './popover.tsx';
import { QUICK_RANGES } from './quick-ranges.ts';
import { isProblem, type RangeText } from './range.ts';
import { RangeForm } from './range-form.tsx';
import { TimeSettings } from './time-settings.tsx';
import { timeShortcuts } from './time-shortcuts.ts';
import { betweenWords, rangeWords } from './words.ts';

export interface TimePickerProps {
  readonly time: TimeControl;
  readonly view: View;
  readonly go: (change: Partial<View>, push?: boolean) => void;
  readonly nowMs: number;
}

/** Which event time is in view, by whose clock, and the ways to another. */
export function TimePicker(props: TimePickerProps): JSX.Element {
  const [told, setTold] = createSignal('');
  const words = createMemo(() => {
    const { text, range, between, zone } = props.time;
    return rangeWords(text(), range(), between(), props.nowMs, zone());
  });
  const title = () => {
    const between = props.time.between();
    const problem = props.time.problem();
    if (problem) return `The address’s ${problem.field} ${problem.message}. The board’s own range is shown.`;
    return between ? betweenWords(between, props.nowMs, props.time.zone()) : undefined;
  };
  const meaning = (text: RangeText) => {
    const found = props.time.explain(text);
    return found === null || isProblem(found) ? undefined : betweenWords(found, props.nowMs, props.time.zone());
  };
  const following = () => (props.time.follow() === 'wall' ? 'wall clock' : 'event time');
  const compared = () => ({ '1d': ' vs yesterday', '7d': ' vs last week', none: '' })[props.time.compare() ?? 'none'];
  const zoneName = () => props.time.zone().timeZone?.replaceAll('_', ' ');
  let open = () => {};
  useShortcuts(
    timeShortcuts(
      () => props.time,
      setTold,
      () => open(),
    ),
  );
  return (
    <div class="group time" data-problem={props.time.problem()?.field}>
      <button
        type="button"
        class="control step"
        aria-label="Half a range earlier"
        title="Half a range earlier (t ←)"
        onClick={() => props.time.move(-1)}
      >
        ‹
      </button>
      <Popover
        label="Event time in view"
        text={words()}
        short={words().replace(/^Last (?=\d)/, '')}
        title={title()}
        focus='[aria-pressed="true"]'
        ref={(show) => {
          open = show;
        }}
      >
        {(close) => (
          <div class="time-box">
            <fieldset class="quick" aria-label="Quick ranges">
              <For each={QUICK_RANGES}>
                {(column) => (
                  <div class="column">
                    <For each={column}>
                      {(quick) => (
                        <button
                          type="button"
                          title={meaning(quick)}
                          aria-pressed={quick.from === props.time.text().from && quick.to === props.time.text().to}
                          onClick={() => {
                            close();
                            props.time.choose({ from: quick.from, to: quick.to });
                          }}
                        >
                          {quick.label}
                          <Show when={quick.hint}>{(hint) => <small>{hint()}</small>}</Show>
                          <Show when={props.time.own().from === quick.from && quick.to === 'now'}>
                            <small>this board’s own</small>
                          </Show>
                        </button>
                      )}
                    </For>
                  </div>
                )}
              </For>
            </fieldset>
            <div class="column form">
              <RangeForm time={props.time} nowMs={props.nowMs} onDone={close} />
              <TimeSettings time={props.time} view={props.view} go={props.go} nowMs={props.nowMs} />
            </div>
          </div>
        )}
      </Popover>
      <button
        type="button"
        class="control step"
        aria-label="Half a range later"
        title="Half a range later (t →)"
        onClick={() => props.time.move(1)}
      >
        ›
      </button>
      <button
        type="button"
        class="control zone"
        title={`Now is ${props.time.follow() === 'wall' ? 'what this computer’s clock says' : 'the newest event'}; times are shown in ${zoneName() ?? 'this browser’s zone'}. Click to change.`}
        onClick={() => open()}
      >
        {following()}
        <span class="faint wide">
          {zoneName() ?? 'local'}
          {compared()}
        </span>
      </button>
      <Show when={props.time.zoomed() || !props.time.follows()}>
        <button
          type="button"
          class="control"
          aria-label="Zoom out"
          title={props.time.zoomed() ? 'Back to what was shown before (Ctrl+Z)' : 'Twice as long (Ctrl+Z)'}
          onClick={() => props.time.zoomOut()}
        >
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path
              d="M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3 14 14M4.8 7h4.4"
              fill="none"
              stroke="currentColor"
              stroke-width="1.5"
              stroke-linecap="round"
            />
          </svg>
        </button>
      </Show>
      <span class="sr-only" role="status">
        {told()}
      </span>
    </div>
  );
}
