import { type JSX, Show } from 'solid-js';
import type { Board } from '../../contract/spec/board.ts';
import type { ConnectionStatus } from '../../contract/worker-api.ts';
import type { TimeControl } from '../time/create-time.ts';
import { TimePicker } from '../time/time-picker.tsx';
import type { VariablesProps } from '../variables/variables.tsx';
import { Variables } from '../variables/variables.tsx';
import { DotGlyph, Mark, PauseGlyph } from './icons.tsx';
import { liveWords } from './live-words.ts';
import type { Progress } from './newest.ts';
import { ThemeButton } from './theme-button.tsx';
import type { Theme } from './themes.ts';
import type { View } from './view.ts';

export interface BarProps extends Pick<VariablesProps, 'query'> {
  /** Null on the list of boards. */
  readonly board: Board | null;
  readonly view: View;
  readonly homeHref: string;
  /** Null on the list of boards, and until the board is drawn. */
  readonly time: TimeControl | null;
  readonly go: (change: Partial<View>, push?: boolean) => void;
  readonly paused: boolean;
  readonly connection: ConnectionStatus | null;
  /** Of the board's streams. */
  readonly progress: Progress;
  readonly nowMs: number;
  readonly onPause: (paused: boolean) => void;
  /** On the screen now. */
  readonly theme: Theme;
  readonly onTheme: () => void;
}

/** Where one is, what is chosen, which time is in view, and whether it moves. */
export function Bar(props: BarProps): JSX.Element {
  const live = () =>
    liveWords({
      connection: props.connection,
      paused: props.paused,
      follows: props.time?.follows() ?? true,
      progress: props.progress,
      nowMs: props.nowMs,
      zone: props.time?.zone() ?? { timeZone: undefined },
    });
  return (
    <header class="bar" classList={{ titled: props.board !== null }}>
      <a class="brand" href={props.homeHref} aria-label="Highwater">
        <Mark /> <span class="word">Highwater</span>
      </a>
      <Show when={props.board?.title}>
        {(title) => (
          <nav class="crumbs" aria-label="Boards">
            <a href={props.homeHref}>Boards</a> <span class="slash">/</span> <h1 title={title()}>{title()}</h1>
          </nav>
        )}
      </Show>
      <Show when={props.board}>
        {(board) => (
          <div class="controls">
            <Variables board={board()} view={props.view} nowMs={props.nowMs} go={props.go} query={props.query} />
            <Show when={props.time}>
              {(time) => <TimePicker time={time()} view={props.view} go={props.go} nowMs={props.nowMs} />}
            </Show>
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
                class="control live"
                classList={{ active: live().lit }}
                data-live={live().state}
                aria-pressed={!props.paused && (props.time?.follows() ?? true)}
                title={live().title}
                onClick={() => {
                  props.onPause(false);
                  props.time?.followAgain();
                }}
              >
                <DotGlyph lit={live().lit} /> {live().word}
              </button>
            </div>
            <div class="group theme">
              <ThemeButton shown={props.theme} onTurn={props.onTheme} />
            </div>
          </div>
        )}
      </Show>
    </header>
  );
}
