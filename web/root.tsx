import { createEffect, createMemo, createSignal, type JSX, on, onCleanup, Show } from 'solid-js';
import type { Clock } from '../contract/clock.ts';
import type { Colors } from './charts/colors.ts';
import type { FrameScheduler } from './charts/frame-scheduler.ts';
import { connect } from './data/connect.ts';
import type { Failure } from './data/failure.ts';
import { type RelayUrl, relayUrl } from './data/relay-url.ts';
import { FilesFailed } from './drop/files-failed.tsx';
import { demoIn, type Given, givenWords, type Speed, withDemo } from './drop/given.ts';
import { openInTab } from './drop/in-tab.ts';
import { LettersOfFiles } from './drop/letters-of-files.tsx';
import { TakeFiles } from './drop/take-files.tsx';
import { createIsKiosk } from './kiosk/create-kiosk.ts';
import { OnWall } from './kiosk/on-wall.tsx';
import { askRelay, createFindRelay, type Found } from './offline/find-relay.ts';
import { lettersElsewhere } from './offline/letters-elsewhere.ts';
import { createNewer } from './offline/newer.ts';
import { createNoRelay, NoRelay } from './offline/no-relay.tsx';
import type { Updates } from './offline/updates.ts';

export interface RootProps {
  readonly clock: Clock;
  /** A name no other page of this origin has. */
  readonly page: string;
  readonly colors: Colors;
  readonly frames: FrameScheduler;
  /** The page as this browser keeps it. */
  readonly updates: Updates;
}

/** What the page reads: a relay, or what runs in this tab: files it was given, a demo. Each has an engine of its own. */
export function Root(props: RootProps): JSX.Element {
  const [given, setGiven] = createSignal<Given | null>(demoIn(location.search));
  const [speed, setSpeed] = createSignal<Speed>('max');
  const isKiosk = createIsKiosk();
  let turns = 0;
  let chooseFiles = () => {};
  /** What was connected before may not have let go of its name yet. */
  const page = () => `${props.page}-${turns++}`;
  const open = (files: readonly File[]) => setGiven({ kind: 'files', files, speed: speed() });
  const leave = () => {
    history.replaceState(null, '', `${location.pathname}${withDemo(location.search, null)}`);
    setGiven(null);
  };
  return (
    <>
      <Show
        when={given()}
        keyed
        fallback={<OfRelay {...props} page={page()} relay={relayUrl(location)} onFiles={() => chooseFiles()} />}
      >
        {(now) => <InThisTab {...props} page={page()} given={now} onAgain={() => setGiven({ ...now })} />}
      </Show>
      <Show when={!isKiosk()}>
        <TakeFiles
          ref={(choose) => {
            chooseFiles = choose;
          }}
          onFiles={open}
          shown={((now) => now && givenWords(now))(given())}
          speed={speed()}
          onSpeed={(chosen) => {
            setSpeed(chosen);
            const now = given();
            if (now?.kind === 'files') open(now.files);
          }}
          onLeave={leave}
        />
      </Show>
    </>
  );
}

interface OfRelayProps extends RootProps {
  readonly relay: RelayUrl;
  readonly onFiles: () => void;
}

/** So long the engine waits to hear that nothing but files is there, of which it need not ask for streams. */
const HEAR_MS = 300;

function OfRelay(props: OfRelayProps): JSX.Element {
  const { clock, relay } = props;
  const found = createFindRelay(clock, () => askRelay(relay.versionUrl));
  const [waited, setWaited] = createSignal(false);
  onCleanup(clock.after(HEAR_MS, () => setWaited(true)));
  /** Once it is, it stays so. */
  const connected = createMemo<boolean>((before) => {
    const now = found();
    return before || (now === null ? waited() : now !== 'files');
  }, false);
  return (
    <Show
      when={connected()}
      fallback={
        <Show when={found() === 'files'}>
          <NoRelay relay={relay} onFiles={() => props.onFiles()} />
        </Show>
      }
    >
      <Connected {...props} relay={relay} found={found()} />
    </Show>
  );
}

function Connected(props: OfRelayProps & { readonly found: Found | null }): JSX.Element {
  const { clock, page, relay } = props;
  const data = connect({ clock, page });
  if (relay.isElsewhere) onCleanup(lettersElsewhere(relay.base));
  const noRelay = createNoRelay(clock, {
    hasBoards: () => data.boards() !== null || data.failure() !== null,
    status: data.status,
    found: () => (props.found === null ? null : props.found === 'relay'),
  });
  const { newer, look } = createNewer(clock, () => askRelay(relay.versionUrl));
  const answered = createMemo(() => {
    const state = data.status()?.connection.state;
    return state === 'live' || state === 'closed' ? state : null;
  });
  // A relay that has sent the page away, or has come back, may be another.
  createEffect(on(answered, (how) => how !== null && look(), { defer: true }));
  return (
    <Show when={noRelay()} fallback={<OnWall {...props} data={data} newer={newer()} />}>
      <NoRelay relay={relay} onFiles={() => props.onFiles()} />
    </Show>
  );
}

function InThisTab(props: RootProps & { readonly given: Given; readonly onAgain: () => void }): JSX.Element {
  const [failure, setFailure] = createSignal<Failure | null>(null);
  const inTab = openInTab(props.given, setFailure);
  onCleanup(inTab.close);
  const { clock, page } = props;
  const connected = connect({ clock, page, relayInTab: inTab.port });
  const data = { ...connected, failure: () => failure() ?? connected.failure() };
  return (
    <>
      <Show when={data.boards() === null && failure()} fallback={<OnWall {...props} data={data} newer={null} />}>
        {(failed) => <FilesFailed failure={failed()} given={props.given} onAgain={props.onAgain} />}
      </Show>
      <LettersOfFiles inTab={inTab} />
    </>
  );
}
