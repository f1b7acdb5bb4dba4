import { createSignal, type JSX, onCleanup, Show } from 'solid-js';
import type { Clock } from '../contract/clock.ts';
import { App } from './app.tsx';
import { readView } from './board/view.ts';
import type { Colors } from './charts/colors.ts';
import type { FrameScheduler } from './charts/frame-scheduler.ts';
import { connect } from './data/connect.ts';
import { openInTab } from './drop/in-tab.ts';
import { keepPage } from './drop/keep-page.ts';
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
  const [given, setGiven] = createSignal<readonly File[] | null>(null);
  let turns = 0;
  /** What was connected before may not have let go of its name yet. */
  const page = () => `${props.page}-${turns++}`;
  return (
    <>
      <Show when={given()} keyed fallback={<OfRelay {...props} page={page()} />}>
        {(files) => <OfFiles {...props} page={page()} files={files} />}
      </Show>
      <Show when={!readView(location.search).kiosk}>
        <TakeFiles onFiles={setGiven} shown={(given() ?? []).map(({ name }) => name)} onLeave={() => setGiven(null)} />
      </Show>
    </>
  );
}

function OfRelay(props: RootProps): JSX.Element {
  const { clock, page } = props;
  const data = connect({ clock, page });
  return <App {...props} data={data} />;
}

function OfFiles(props: RootProps & { readonly files: readonly File[] }): JSX.Element {
  const inTab = openInTab(props.files);
  onCleanup(inTab.close);
  onCleanup(keepPage());
  const { clock, page } = props;
  const data = connect({ clock, page, relayInTab: inTab.port });
  return <App {...props} data={data} />;
}
