import { createMemo, createSignal, createUniqueId, type JSX, Show } from 'solid-js';
import type { TimeControl } from './create-time.ts';
import { textOf } from './move.ts';
import { isProblem, type RangeProblem } from './range.ts';
import { datedText, fromWallText, wallText } from './wall-text.ts';
import { betweenWords } from './words.ts';

/** Both ends of the range as text, by hand or from the calendar, with what they mean said while they are written. */
export function RangeForm(props: { time: TimeControl; nowMs: number; onDone: () => void }): JSX.Element {
  const [from, setFrom] = createSignal(props.time.text().from);
  const [to, setTo] = createSignal(props.time.text().to);
  const id = createUniqueId();
  /** With their day: a link says the same tomorrow. */
  const dated = () => {
    const [nowMs, zone] = [props.time.nowUs() / 1000, props.time.zone()];
    return { from: datedText(from(), nowMs, zone).trim(), to: datedText(to(), nowMs, zone).trim() };
  };
  const found = createMemo(() => props.time.explain(dated()));
  const problem = (): RangeProblem | null => {
    const now = found();
    return isProblem(now) ? now : null;
  };
  const words = () => {
    const now = found();
    if (isProblem(now)) return '';
    return now === null ? 'All that is kept' : betweenWords(now, props.nowMs, props.time.zone());
  };
  const field = (name: 'from' | 'to', label: string, value: () => string, set: (text: string) => void) => (
    <div class="field">
      <label for={`${id}-${name}`}>{label}</label>
      <div class="pair">
        <input
          id={`${id}-${name}`}
          type="text"
          name={name}
          autocomplete="off"
          spellcheck={false}
          value={value()}
          aria-invalid={problem()?.field === name}
          aria-describedby={`${id}-${name}-problem`}
          onInput={(event) => set(event.currentTarget.value)}
        />
        <input
          type="datetime-local"
          class="calendar"
          step="1"
          aria-label={`${label}, from the calendar`}
          title="From the calendar"
          value={momentOf(name)}
          onInput={(event) => set(fromWallText(event.currentTarget.value) ?? value())}
        />
      </div>
      <p class="problem-of-field" id={`${id}-${name}-problem`} role="status">
        <Show when={problem()?.field === name}>{problem()?.message}</Show>
      </p>
    </div>
  );
  /** What the calendar shows. */
  const momentOf = (name: 'from' | 'to') => {
    const now = found();
    if (now === null || isProblem(now)) return '';
    return wallText((name === 'from' ? now.fromUs : now.untilUs) / 1000, props.time.zone());
  };
  return (
    <form
      class="range-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (problem()) return;
        props.onDone();
        props.time.choose(dated());
      }}
    >
      {field('from', 'From', from, setFrom)}
      {field('to', 'To', to, setTo)}
      <p class="meaning" role="status" data-meaning>
        {words()}
      </p>
      <div class="buttons">
        <button type="submit" class="primary" disabled={problem() !== null}>
          Show
        </button>
        <button
          type="button"
          title="As fixed times, so that a link shows the same later"
          onClick={() => {
            const now = found();
            if (now === null || isProblem(now)) return;
            const fixed = textOf(now);
            setFrom(fixed.from);
            setTo(fixed.to);
          }}
        >
          Fix it
        </button>
      </div>
    </form>
  );
}
