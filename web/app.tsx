import { createEffect, createMemo, createSignal, type JSX, lazy, Show } from 'solid-js';
import { createAddress } from './board/address.ts';
import { Banner } from './board/banner.tsx';
import { Bar } from './board/bar.tsx';
import { Board } from './board/board.tsx';
import { BoardSkeleton } from './board/board-skeleton.tsx';
import { Home } from './board/home.tsx';
import { hrefOf } from './board/link.ts';
import { newestOf, progressOf } from './board/newest.ts';
import { NoSuchBoard } from './board/no-such-board.tsx';
import { createNow } from './board/now.ts';
import type { Page } from './board/page.ts';
import { type PlaceName, Places } from './board/places.tsx';
import { StatusLine } from './board/status-line.tsx';
import { createTheme } from './board/theme.ts';
import { nextTheme } from './board/themes.ts';
import { shownBoard } from './board/view.ts';
import type { Colors } from './charts/colors.ts';
import type { FrameScheduler } from './charts/frame-scheduler.ts';
import { copyText } from './dialog/copy-text.ts';
import { Loaded } from './dialog/loaded.tsx';
import { createRates } from './health/rates.ts';
import { createReconnects } from './health/reconnects.ts';
import { Stage } from './kiosk/stage.tsx';
import { Problem } from './panels/panel-words.tsx';
import { MadeNote } from './save/made-note.tsx';
import { createTime, type TimeControl } from './time/create-time.ts';
import { filtersOf, withChosen } from './variables/choose.ts';
import { FilterLine } from './variables/filter-line.tsx';

const Health = lazy(() => import('./health/health.tsx'));

export interface AppProps extends Page {
  readonly colors: Colors;
  readonly frames: FrameScheduler;
  /** A board to be drawn unseen, which is shown next; null: none is. */
  readonly next?: () => string | null;
}

/** The whole page: which board the address names, what it may claim, and the board itself. */
export function App(props: AppProps): JSX.Element {
  const address = createAddress();
  const { view, go, href } = address;
  const [place, setPlace] = createSignal<PlaceName | null>(null);
  const [paused, setPaused] = createSignal(false);
  /** Of the board that is shown. */
  const [time, setTime] = createSignal<TimeControl | null>(null);
  const nowMs = createNow(props.clock);
  const theme = createTheme(view().theme);
  const chosenTheme = createMemo(() => view().theme);
  createEffect(() => theme.set(chosenTheme()));

  const pause = (now: boolean) => {
    setPaused(now);
    props.data.setPaused(now);
  };
  const heardMs = createMemo(() => {
    props.data.status();
    return props.clock.nowMs();
  });
  const rates = createRates(props.data.status, () => props.clock.nowMs());
  const reconnects = createReconnects(props.data.status);
  const isHealth = () => view().page === 'health';

  const hrefOfBoard = (board: string | null) => href({ board, viewPanel: null, page: null });
  const healthHref = () => href({ page: 'health', viewPanel: null });
  const name = createMemo(() => {
    const boards = props.data.boards()?.boards;
    return boards ? shownBoard(boards, view().board) : null;
  });
  const board = createMemo(() => {
    const boards = props.data.boards();
    const found = name();
    return boards && found !== null ? (boards.boards[found] ?? null) : null;
  });
  const zone = () => time()?.zone() ?? { timeZone: undefined };
  createEffect(() => {
    const title = isHealth() ? 'Pipeline health' : board()?.title;
    document.title = title ? `${title} · Highwater` : 'Highwater';
  });

  return (
    <>
      <Show when={!view().kiosk}>
        <Bar
          board={isHealth() ? null : board()}
          view={view()}
          homeHref={hrefOfBoard(null)}
          time={board() && time()}
          go={go}
          query={props.data.query}
          paused={paused()}
          connection={props.data.status()?.connection ?? null}
          progress={progressOf(board() ?? { panels: [] }, props.data.boards()?.windows ?? {}, props.data.status())}
          nowMs={nowMs()}
          onPause={pause}
          theme={theme.shown()}
          onTheme={() => go({ theme: nextTheme(theme.shown()) })}
        />
        <StatusLine
          status={props.data.status()}
          nowMs={nowMs()}
          zone={zone()}
          drawnMs={props.data.drawnMs()}
          changing={props.data.changing()}
          runsHere={props.data.runsHere()}
          healthHref={healthHref()}
          onPlace={setPlace}
        />
      </Show>
      <Banner
        status={props.data.status()}
        nowMs={nowMs()}
        zone={zone()}
        failure={props.data.boards() ? props.data.failure() : null}
        problems={view().kiosk ? [] : (props.data.boards()?.problems ?? [])}
        boards={props.data.boards()?.boards ?? {}}
        onReconnect={props.data.reconnect}
      />
      <Places
        clock={props.clock}
        address={address}
        boards={props.data.boards()}
        shown={isHealth() ? null : name()}
        status={props.data.status()}
        query={props.data.query}
        zone={zone()}
        nowMs={nowMs()}
        onPause={() => pause(!paused())}
        place={place()}
        onPlace={setPlace}
      />
      <Show when={board() && time()?.problem()}>
        {(problem) => (
          <p class="range-problem" role="alert" data-range-problem={problem().field}>
            <b>{problem().field === 'from' ? 'The beginning' : 'The end'} of the time in view</b> {problem().message}.
            This board’s own range is shown.
          </p>
        )}
      </Show>
      <Show when={board()}>
        {(shown) => <FilterLine board={shown()} view={view()} go={go} isKiosk={view().kiosk} />}
      </Show>
      <Show when={!props.data.boards() && props.data.failure()}>
        {(failure) => (
          <main class="home">
            <h1>The engine could not start</h1>
            <Problem {...failure()} />
          </main>
        )}
      </Show>
      <Show when={isHealth()}>
        <Loaded>
          <Health
            status={props.data.status()}
            boards={props.data.boards()}
            rates={rates()}
            reconnects={reconnects()}
            nowMs={nowMs()}
            zone={zone()}
            homeHref={hrefOfBoard(view().board)}
            query={props.data.query}
          />
        </Loaded>
      </Show>
      <Show when={!isHealth() && !props.data.failure() && !props.data.boards()}>
        <BoardSkeleton />
      </Show>
      <Show when={!isHealth() && props.data.boards()}>
        {(boards) => (
          <Show
            when={board() === null ? null : name()}
            fallback={
              <>
                <Show when={Object.keys(boards().boards).length > 0 && view().board}>
                  {(wanted) => <NoSuchBoard wanted={wanted()} boards={boards().boards} href={hrefOfBoard} />}
                </Show>
                <Home
                  boards={boards()}
                  status={props.data.status()}
                  rates={rates()}
                  nowMs={nowMs()}
                  href={hrefOfBoard}
                  healthHref={healthHref()}
                  onSave={(save) => setPlace({ save })}
                />
              </>
            }
          >
            {(shown) => (
              <>
                <Show when={!view().kiosk}>
                  <MadeNote
                    made={boards().made.includes(shown())}
                    stream={shown()}
                    onSave={() => setPlace({ save: shown() })}
                  />
                </Show>
                <Stage shown={shown()} next={props.next?.() ?? null}>
                  {(each, isShown) => (
                    <Show when={boards().boards[each]}>
                      {(drawn) => {
                        const own = createTime({
                          view,
                          board: drawn,
                          nowMs,
                          newestUs: createMemo(() => newestOf(drawn(), boards().windows, props.data.status())),
                          go,
                          copy: copyText,
                          clipboard: () => (navigator as { readonly clipboard?: Clipboard }).clipboard,
                        });
                        createEffect(() => isShown() && setTime(own));
                        return (
                          <Board
                            board={drawn()}
                            isShown={isShown()}
                            boards={boards()}
                            data={props.data}
                            nowMs={nowMs()}
                            heardMs={heardMs()}
                            paused={paused()}
                            time={own}
                            filters={filtersOf(view(), drawn())}
                            onChoose={(column, value) => go(withChosen(view(), drawn(), column, value), true)}
                            hrefOf={(link, column, key) =>
                              hrefOf(link, column, key, {
                                view: view(),
                                board: drawn(),
                                boards: boards().boards,
                                range: own.text(),
                                between: own.between(),
                                location,
                              })
                            }
                            viewPanel={isShown() ? view().viewPanel : null}
                            onViewPanel={(viewPanel) => go({ viewPanel }, true)}
                            ink={theme.ink()}
                            colors={props.colors}
                            frames={props.frames}
                          />
                        );
                      }}
                    </Show>
                  )}
                </Stage>
              </>
            )}
          </Show>
        )}
      </Show>
    </>
  );
}
