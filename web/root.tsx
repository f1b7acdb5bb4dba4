import { createSignal, type JSX, onCleanup, Show } from 'solid-js';
import type { Clock } from '../contract/clock.ts';
import { App } from './app.tsx';
import { readView } from './board/view.ts';
import type { Colors } from './charts/colors.ts';
import type { FrameScheduler } from './charts/frame-scheduler.ts';
import { connect } from './data/connect.ts';
import type { Failure } from './data/failure.ts';
import { FilesFailed } from './drop/files-failed.tsx';
import type { Given, Speed } from './drop/given.ts';
import { openInTab } from './drop/in-tab.ts';
import { keepPage } from './drop/keep-page.ts';
import { LettersOfFiles } from './drop/letters-of-files.tsx';
import { TakeFiles } from './drop/take-files.tsx';

export interface RootProps {
  readonly clock: Clock;
  /** A name no other page of this origin has. */
  readonly page: string;
  readonly colors: Colors;
  readonly frames: FrameScheduler;
}

/** What the page reads: the relay that served it, or files it was given. Each has an engine of its own. */
export function Root(props: RootProps): JSX.Element {
  const [given, setGiven] = createSignal<Given | null>(null);
  const [speed, setSpeed] = createSignal<Speed>('max');
  let turns = 0;
  /** What was connected before may not have let go of its name yet. */
  const page = () => `${props.page}-${turns++}`;
  const open = (files: readonly File[]) => setGiven({ files, speed: speed() });
  return (
    <>
      <Show when={given()} keyed fallback={<OfRelay {...props} page={page()} />}>
        {(now) => <OfFiles {...props} page={page()} given={now} onAgain={() => open(now.files)} />}
      </Show>
      <Show when={!readView(location.search).kiosk}>
        <TakeFiles
          onFiles={open}
          shown={(given()?.files ?? []).map(({ name }) => name)}
          speed={speed()}
          onSpeed={(chosen) => {
            setSpeed(chosen);
            const now = given();
            if (now) open(now.files);
          }}
          onLeave={() => setGiven(null)}
        />
      </Show>
    </>
  );
}

function OfRelay(props: RootProps): JSX.Element {
  const { clock, page } = props;
  const data = connect({ clock, page });
  return <App {...props} data={data} />;
}

function OfFiles(props: RootProps & { readonly given: Given; readonly onAgain: () => void }): JSX.Element {
  const [failure, setFailure] = createSignal<Failure | null>(null);
  const inTab = openInTab(props.given, setFailure);
  onCleanup(inTab.close);
  onCleanup(keepPage());
  const { clock, page } = props;
  const connected = connect({ clock, page, relayInTab: inTab.port });
  const data = { ...connected, failure: () => failure() ?? connected.failure() };
  return (
    <>
      <Show when={data.boards() === null && failure()} fallback={<App {...props} data={data} />}>
        {(failed) => <FilesFailed failure={failed()} onAgain={props.onAgain} />}
      </Show>
      <LettersOfFiles inTab={inTab} />
    </>
  );
}
