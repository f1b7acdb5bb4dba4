import { createEffect, createMemo, createSignal, type JSX, onCleanup, Show } from 'solid-js';
import { Banner } from './board/banner.tsx';
import { Bar } from './board/bar.tsx';
import { Board } from './board/board.tsx';
import { BoardSkeleton } from './board/board-skeleton.tsx';
import { Home } from './board/home.tsx';
import { createNow } from './board/now.ts';
import type { Page } from './board/page.ts';
import { StatusLine } from './board/status-line.tsx';
import { createTheme } from './board/theme.ts';
import { readView, shownBoard, type View, writeView } from './board/view.ts';
import type { Colors } from './charts/colors.ts';
import type { FrameScheduler } from './charts/frame-scheduler.ts';
import { Stage } from './kiosk/stage.tsx';
import { Problem } from './panels/panel-words.tsx';

export interface AppProps extends Page {
  readonly colors: Colors;
  readonly frames: FrameScheduler;
  /** A board to be drawn unseen, which is shown next; null: none is. */
  readonly next?: () => string | null;
}

/** The whole page: which board the address names, what it may claim, and the board itself. */
export function App(props: AppProps): JSX.Element {
  const [view, setView] = createSignal(readView(location.search));
  const [paused, setPaused] = createSignal(false);
  const nowMs = createNow(props.clock);
  const theme = createTheme(view().theme);

  const go = (change: Partial<View>, push = false) => {
    const next = { ...view(), ...change };
    const url = `${location.pathname}${writeView(next, location.search)}`;
    if (push) history.pushState(null, '', url);
    else history.replaceState(null, '', url);
    setView(next);
  };
  const back = () => setView(readView(location.search));
  const pause = (now: boolean) => {
    setPaused(now);
    props.data.setPaused(now);
  };
  const keys = (event: KeyboardEvent) => {
    const target = event.target instanceof HTMLElement ? event.target : null;
    if (event.key !== ' ' || target?.closest('input, textarea, select, button, a, [contenteditable]')) return;
    event.preventDefault();
    pause(!paused());
  };
  window.addEventListener('popstate', back);
  window.addEventListener('keydown', keys);
  onCleanup(() => {
    window.removeEventListener('popstate', back);
    window.removeEventListener('keydown', keys);
  });

  const href = (board: string | null) => `${location.pathname}${writeView({ ...view(), board }, location.search)}`;
  const name = createMemo(() => {
    const boards = props.data.boards()?.boards;
    return boards ? shownBoard(boards, view().board) : null;
  });
  const board = createMemo(() => {
    const boards = props.data.boards();
    const found = name();
    return boards && found !== null ? (boards.boards[found] ?? null) : null;
  });
  const range = () => view().range ?? board()?.range ?? '15m';
  const zone = () => ({ timeZone: view().timezone ?? undefined });
  const zoneName = () => (view().timezone ?? 'local').replaceAll('_', ' ');
  createEffect(() => {
    const title = board()?.title;
    document.title = title ? `${title} · Highwater` : 'Highwater';
  });

  return (
    <>
      <Show when={!view().kiosk}>
        <Bar
          title={board()?.title ?? null}
          homeHref={href(null)}
          range={range()}
          ownRange={board()?.range ?? '15m'}
          zoneName={zoneName()}
          paused={paused()}
          connected={props.data.status()?.connection.state === 'live'}
          onRange={(chosen) => go({ range: chosen === board()?.range ? null : chosen })}
          onZone={() => go({ timezone: view().timezone === 'UTC' ? null : 'UTC' })}
          onPause={pause}
          onTheme={() => {
            const next = theme.shown() === 'dark' ? 'light' : 'dark';
            theme.set(next);
            go({ theme: next });
          }}
        />
        <StatusLine
          status={props.data.status()}
          nowMs={nowMs()}
          zone={zone()}
          drawnMs={props.data.drawnMs()}
          changing={props.data.changing()}
          runsHere={props.data.runsHere()}
        />
      </Show>
      <Banner
        status={props.data.status()}
        nowMs={nowMs()}
        zone={zone()}
        failure={props.data.boards() ? props.data.failure() : null}
      />
      <Show when={!props.data.boards() && props.data.failure()}>
        {(failure) => (
          <main class="home">
            <h1>The engine could not start</h1>
            <Problem {...failure()} />
          </main>
        )}
      </Show>
      <Show when={!props.data.failure() && !props.data.boards()}>
        <BoardSkeleton />
      </Show>
      <Show when={props.data.boards()}>
        {(boards) => (
          <Show
            when={board() === null ? null : name()}
            fallback={<Home boards={boards()} status={props.data.status()} href={href} />}
          >
            {(shown) => (
              <Stage shown={shown()} next={props.next?.() ?? null}>
                {(each, isShown) => (
                  <Show when={boards().boards[each]}>
                    {(drawn) => (
                      <Board
                        board={drawn()}
                        isShown={isShown()}
                        boards={boards()}
                        data={props.data}
                        nowMs={nowMs()}
                        paused={paused()}
                        range={view().range ?? drawn().range}
                        zone={zone()}
                        ink={theme.ink()}
                        colors={props.colors}
                        frames={props.frames}
                      />
                    )}
                  </Show>
                )}
              </Stage>
            )}
          </Show>
        )}
      </Show>
    </>
  );
}
