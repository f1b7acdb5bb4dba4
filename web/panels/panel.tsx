import { createMemo, createSignal, Index, type JSX, Match, Show, Switch } from 'solid-js';
import { Dynamic } from 'solid-js/web';
import type { Panel as PanelSpec } from '../../contract/spec/panel.ts';
import type { PanelPicture } from '../../contract/worker-api.ts';
import type { Placement } from '../board/layout.ts';
import { isOpening } from '../board/opening.ts';
import { useBoard } from './board-context.ts';
import { PanelTools } from './frame/panel-tools.tsx';
import { createGaining } from './gaining.ts';
import { inView } from './in-view.ts';
import type { Alarm, Sort } from './kind-props.ts';
import { drawnBy } from './kinds.ts';
import { createPanelRequest } from './panel-request.ts';
import { type PanelState, panelState } from './panel-state.ts';
import { Badge, Nothing, Problem, Unfiltered } from './panel-words.tsx';
import { TextPicture } from './text.tsx';
import { createAsleep, createFramedPicture, createRoom, createVisible } from './use-picture.ts';
import { streamOf, waitingWords } from './waiting-words.ts';

export interface PanelProps {
  readonly panel: PanelSpec;
  readonly placement: Placement;
  /** Its number on the board, from 1; left out: its title alone says which it is. */
  readonly number?: number;
}

/** The frame around every picture: title, what it claims to be, and the words when there is no picture. */
export function Panel(props: PanelProps): JSX.Element {
  const board = useBoard();
  const [element, setElement] = createSignal<HTMLElement>();
  const [body, setBody] = createSignal<HTMLElement>();
  const room = createRoom(body);
  const [alarm, setAlarm] = createSignal<Alarm | null>(null, {
    equals: (a, b) => a?.word === b?.word && a?.level === b?.level,
  });
  const visible = createVisible(element);
  const [sort, setSort] = createSignal<Sort | null>(null);
  const request = createPanelRequest(() => props.panel, room, visible, sort);
  const picture = createFramedPicture(request);
  const asleep = createAsleep(request, picture);
  const stream = createMemo(() => board.status()?.streams[streamOf(props.panel, board.windows()) ?? '']);
  const waiting = createMemo(
    () =>
      waitingWords({
        panel: props.panel,
        windows: board.windows(),
        // Without an engine its status says nothing of now.
        status: board.rebuilding() ? null : board.status(),
        picture: picture(),
        view: board.view(),
        filters: board.filters(),
        nowMs: board.nowMs(),
        zone: board.zone(),
      }),
    undefined,
    { equals: (a, b) => JSON.stringify(a) === JSON.stringify(b) },
  );
  const loading = () => {
    const [status, now] = [board.status(), picture()];
    if (status === null || isOpening(status)) return true;
    const hasFailed = status.connection.state !== 'live' || stream()?.source.state === 'failed';
    return !hasFailed && now !== undefined && board.isKept(now);
  };
  const gains = createGaining();
  const gaining = createMemo(() => {
    const now = picture();
    const time = now && now.kind !== 'error' ? (now.streamTime ?? now) : null;
    return gains(time?.maxEventTimeUs == null ? null : time.maxEventTimeUs / 1000, board.nowMs());
  });
  const newestUs = () => {
    const now = picture();
    return now === undefined || now.kind === 'error' ? null : now.maxEventTimeUs;
  };
  const state = createMemo(
    () =>
      panelState({
        connection: board.status()?.connection ?? null,
        clockAheadMs: board.status()?.clockAheadMs ?? null,
        rebuilding: board.rebuilding(),
        loading: loading(),
        source: stream()?.source ?? null,
        catchingUp: stream()?.catchingUp ?? false,
        gaining: gaining(),
        losses: stream()?.losses ?? [],
        follows: typeof board.view().until !== 'number',
        inView: props.panel.kind === 'events' ? inView(board.view(), newestUs(), board.nowMs()) : undefined,
        heardMs: board.heardMs(),
        paused: board.paused(),
        asleep: asleep(),
        picture: picture(),
        nowMs: board.nowMs(),
        zone: board.zone(),
      }),
    undefined,
    { equals: isSameState },
  );
  const hasData = () => {
    const now = picture();
    return now !== undefined && (now.kind === 'error' || now.maxEventTimeUs !== null);
  };
  const drawn = createMemo(() => drawnBy(props.panel, picture()));
  const freshAlarm = () => (state().faded || waiting() ? null : alarm());
  /** A threshold's word takes the place of "live", never of a state that doubts the value. */
  const shownAlarm = () => (state().name === 'live' || state().name === 'replay' ? freshAlarm() : null);
  const isViewed = () => {
    const viewed = board.viewPanel();
    return viewed !== null && (viewed === props.panel.title || viewed === String(props.number));
  };
  return (
    <section
      class="panel"
      ref={setElement}
      aria-label={props.panel.title}
      data-panel={props.panel.title}
      data-kind={props.panel.kind}
      data-state={props.panel.kind === 'text' ? undefined : state().name}
      data-alarm={freshAlarm()?.level}
      data-faded={state().faded ? '' : undefined}
      data-viewed={isViewed() ? '' : undefined}
      style={{
        '--column': props.placement.column,
        '--width': props.placement.width,
        '--top': props.placement.row,
        '--height': props.placement.height,
      }}
    >
      <header class="panel-head">
        <h2 title={props.panel.title}>{props.panel.title}</h2>
        <Show when={props.panel.kind !== 'stat' && hasData()}>
          <Badge panel={props.panel} picture={picture()} />
        </Show>
        <Unfiltered picture={picture()} />
        <PanelTools panel={props.panel} viewed={isViewed()} state={state()} picture={picture()} element={element()} />
        <Show when={picture() || waiting()}>
          <StateMark state={state()} alarm={shownAlarm()} short={props.panel.kind === 'stat'} />
        </Show>
      </header>
      <div class="panel-body" ref={setBody}>
        <Switch>
          <Match when={props.panel.kind === 'text' && props.panel}>{(panel) => <TextPicture panel={panel()} />}</Match>
          <Match when={as('error', picture())}>{(error) => <Problem {...error()} />}</Match>
          <Match when={waiting()}>{(words) => <Nothing {...words()} />}</Match>
          <Match when={!hasData()}>
            <div class="skeleton" aria-hidden="true" />
          </Match>
          <Match when={drawn()}>
            {(ready) => (
              <Dynamic
                component={ready().component}
                panel={ready().panel}
                picture={ready().picture}
                state={state()}
                room={room()}
                request={request()}
                sort={sort()}
                onSort={setSort}
                onAlarm={setAlarm}
              />
            )}
          </Match>
        </Switch>
      </div>
    </section>
  );
}

function as<Kind extends PanelPicture['kind']>(
  kind: Kind,
  picture: PanelPicture | undefined,
): Extract<PanelPicture, { kind: Kind }> | undefined {
  return picture?.kind === kind ? (picture as Extract<PanelPicture, { kind: Kind }>) : undefined;
}

/**
 * The dot's words: all of them where there is room for all, else as many as there is room for, whole. The shorter ones lie
 * below the longer ones, which wrap out of sight where they do not fit.
 */
function StateMark(props: { state: PanelState; alarm: Alarm | null; short: boolean }): JSX.Element {
  const words = (): Pick<PanelState, 'word' | 'age' | 'shorter'> => {
    const { alarm, state } = props;
    if (alarm) return { word: alarm.word, age: [], shorter: [alarm.short] };
    return props.short ? { word: state.short, age: [], shorter: [] } : state;
  };
  const pieces = () => [words().word, ...words().age];
  return (
    <span class="state in-forms" title={[props.state.word, ...props.state.age].join(' · ')}>
      <Index each={words().shorter}>
        {(fewer) => (
          <span class="form" aria-hidden="true">
            <span class="words" data-words={fewer()}>
              <i class="dot" />
            </span>
          </span>
        )}
      </Index>
      <span class="form">
        <span class="words">
          <i class="dot" />
          <Index each={pieces()}>{(piece) => <span>{piece()}</span>}</Index>
        </span>
      </span>
    </span>
  );
}

function isSameState(one: PanelState, other: PanelState): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
