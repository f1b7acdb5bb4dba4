import { type JSX, Show } from 'solid-js';
import { DotGlyph, Mark, PauseGlyph, ThemeGlyph } from './icons.tsx';
import { Menu } from './menu.tsx';
import { rangeWords } from './view.ts';

export interface BarProps {
  /** Null on the list of boards. */
  readonly title: string | null;
  readonly homeHref: string;
  readonly range: string;
  readonly ownRange: string;
  readonly zoneName: string;
  readonly paused: boolean;
  readonly connected: boolean;
  readonly onRange: (range: string) => void;
  readonly onZone: () => void;
  readonly onPause: (paused: boolean) => void;
  readonly onTheme: () => void;
}

const RANGES = ['5m', '15m', '1h', '6h', '24h', 'all'];

/** Where one is, what is in view, and whether it moves. */
export function Bar(props: BarProps): JSX.Element {
  const ranges = () => [...new Set([...RANGES.slice(0, -1), props.ownRange, props.range, 'all'])];
  return (
    <header class="bar" classList={{ titled: props.title !== null }}>
      <a class="brand" href={props.homeHref} aria-label="Highwater">
        <Mark /> <span class="word">Highwater</span>
      </a>
      <Show when={props.title}>
        {(title) => (
          <nav class="crumbs" aria-label="Boards">
            <a href={props.homeHref}>Boards</a> <span class="slash">/</span> <h1 title={title()}>{title()}</h1>
          </nav>
        )}
      </Show>
      <Show when={props.title}>
        <div class="controls">
          <div class="group">
            <Menu
              label="Event time in view"
              text={rangeWords(props.range)}
              short={rangeWords(props.range).replace('Last ', '')}
              value={props.range}
              items={ranges().map((range) => ({
                value: range,
                label: rangeWords(range),
                ...(range === props.ownRange ? { hint: 'this board’s own' } : {}),
              }))}
              onChoose={props.onRange}
            />
            <button
              type="button"
              class="control zone"
              title={`Everything here goes by event time, shown in ${props.zoneName}. Click to change the zone.`}
              onClick={() => props.onZone()}
            >
              event time <span class="faint wide">{props.zoneName}</span>
            </button>
          </div>
          <div class="group">
            <button
              type="button"
              class="control"
              classList={{ active: props.paused }}
              aria-pressed={props.paused}
              aria-label="Pause"
              title="Pause (space)"
              onClick={() => props.onPause(true)}
            >
              <PauseGlyph />
            </button>
            <button
              type="button"
              class="control"
              classList={{ active: !props.paused }}
              aria-pressed={!props.paused}
              title="Follow the newest events (space)"
              onClick={() => props.onPause(false)}
            >
              <DotGlyph lit={props.connected && !props.paused} /> Live
            </button>
          </div>
          <div class="group theme">
            <button
              type="button"
              class="control"
              aria-label="Light or dark"
              title="Light or dark"
              onClick={() => props.onTheme()}
            >
              <ThemeGlyph />
            </button>
          </div>
        </div>
      </Show>
    </header>
  );
}
