import { createMemo, createSignal, createUniqueId, For, type JSX, Show } from 'solid-js';
import { knownZone, zoneExpectation } from '../../contract/spec/zone.ts';
import type { View } from '../board/view.ts';
import { formatMinute } from '../format-time.ts';
import type { TimeControl } from './create-time.ts';

const FOLLOWS = [
  ['event', 'Event time', 'Now is the newest event'],
  ['wall', 'Wall clock', 'Now is what this computer’s clock says'],
] as const;

const COMPARES = [
  ['none', 'Nothing'],
  ['1d', 'Yesterday'],
  ['7d', 'Last week'],
] as const;

/** By whose clock now is, in which zone times are shown, and what is compared with. */
export function TimeSettings(props: {
  time: TimeControl;
  view: View;
  nowMs: number;
  go: (change: Partial<View>, push?: boolean) => void;
}): JSX.Element {
  return (
    <div class="settings">
      <fieldset>
        <legend>Now is</legend>
        <div class="segments">
          <For each={FOLLOWS}>
            {([value, label, title]) => (
              <button
                type="button"
                aria-pressed={props.time.follow() === value}
                title={title}
                onClick={() => props.go({ follow: value })}
              >
                {label}
              </button>
            )}
          </For>
        </div>
      </fieldset>
      <fieldset>
        <legend>Compared with the same time of</legend>
        <div class="segments">
          <For each={COMPARES}>
            {([value, label]) => (
              <button
                type="button"
                aria-pressed={(props.time.compare() ?? 'none') === value}
                onClick={() => props.go({ compare: value })}
              >
                {label}
              </button>
            )}
          </For>
        </div>
      </fieldset>
      <ZoneChooser
        time={props.time}
        view={props.view}
        nowMs={props.nowMs}
        onChoose={(timezone) => props.go({ timezone })}
      />
    </div>
  );
}

/** Zones of the whole world by name; what is written is taken as soon as it is one. */
function ZoneChooser(props: {
  time: TimeControl;
  view: View;
  nowMs: number;
  onChoose: (zone: string | null) => void;
}): JSX.Element {
  const id = createUniqueId();
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const shown = () => props.time.zone().timeZone;
  const [text, setText] = createSignal('');
  const all = createMemo(() => (text().length > 0 ? Intl.supportedValuesOf('timeZone') : []));
  const wrong = () => {
    const written = text().trim();
    if (written === '' || knownZone(written) !== null) return null;
    const wanted = written.toLowerCase().replaceAll(' ', '_');
    return all().some((name) => name.toLowerCase().includes(wanted))
      ? null
      : `“${written}” is no zone: write ${zoneExpectation(written)}`;
  };
  const take = (written: string) => {
    setText(written);
    const zone = knownZone(written.trim().replaceAll(' ', '_'));
    if (zone === null) return;
    props.onChoose(zone);
    setText('');
  };
  return (
    <fieldset>
      <legend>
        Times are shown in <b>{shown()?.replaceAll('_', ' ') ?? own.replaceAll('_', ' ')}</b>{' '}
        <span class="faint">{formatMinute(props.nowMs, props.time.zone())}</span>
      </legend>
      <div class="zones">
        <div class="segments">
          <button
            type="button"
            aria-pressed={shown() === undefined}
            title={own}
            onClick={() => props.onChoose('browser')}
          >
            Browser
          </button>
          <button type="button" aria-pressed={shown() === 'UTC'} onClick={() => props.onChoose('UTC')}>
            UTC
          </button>
        </div>
        <input
          type="text"
          list={id}
          placeholder="Another: Europe/Berlin"
          aria-label="Time zone"
          aria-invalid={wrong() !== null}
          autocomplete="off"
          spellcheck={false}
          value={text()}
          onInput={(event) => setText(event.currentTarget.value)}
          onChange={(event) => take(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            take(event.currentTarget.value);
          }}
        />
        <datalist id={id}>
          <For each={all()}>{(name) => <option value={name} />}</For>
        </datalist>
      </div>
      <Show when={wrong()}>{(words) => <p class="problem-of-field">{words()}</p>}</Show>
    </fieldset>
  );
}
