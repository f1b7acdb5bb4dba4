import { createSignal, For, type JSX, onCleanup, Show } from 'solid-js';
import type { Clock } from '../../contract/clock.ts';
import { DEMOS } from '../../contract/demos.ts';
import type { Status } from '../../contract/worker-api.ts';
import type { RelayUrl } from '../data/relay-url.ts';
import { withDemo } from '../drop/given.ts';

/** The engine may still bring boards that this browser kept. */
const PATIENCE_MS = 2_500;

/**
 * Is there nothing to show, and no relay to wait for? What is told of the relay (`found`) counts once the engine has had
 * time to say otherwise.
 */
export function createNoRelay(
  clock: Clock,
  of: { readonly hasBoards: () => boolean; readonly status: () => Status | null; readonly found: () => boolean | null },
): () => boolean {
  const [patient, setPatient] = createSignal(true);
  onCleanup(clock.after(PATIENCE_MS, () => setPatient(false)));
  return () => {
    if (of.hasBoards()) return false;
    const status = of.status();
    if (status === null || status.restoring === true) return of.found() === false && !patient();
    const { connection } = status;
    if (connection.state === 'connecting') return connection.attempt > 1 || (of.found() === false && !patient());
    return connection.state !== 'live';
  };
}

/** What one can do without a relay, and what is missing. */
export function NoRelay(props: { relay: RelayUrl; onFiles: () => void }): JSX.Element {
  const host = () => props.relay.base;
  return (
    <main class="home no-relay" data-no-relay>
      <h1>No relay answers at {host()}</h1>
      <p role="status">
        {props.relay.isElsewhere
          ? 'It is not running, this computer cannot reach it, or it was not told to take pages from here.'
          : 'These are the files of Highwater without the relay that brings live streams: as a static site serves them, or because the relay has stopped.'}{' '}
        It is tried again by itself.
      </p>
      <ul>
        <For each={DEMOS}>
          {({ name, title, what }) => (
            <li>
              <a href={`${location.pathname}${withDemo(location.search, name)}`} data-demo={name}>
                Run a demo here: {title}
                <small>{what}; simulated in this tab, no network needed</small>
              </a>
            </li>
          )}
        </For>
        <li>
          <button type="button" onClick={() => props.onFiles()}>
            Open files
            <small>.jsonl, .ndjson or .json, dropped here or chosen; they stay in this tab</small>
          </button>
        </li>
      </ul>
      <Connect relay={props.relay} />
    </main>
  );
}

function Connect(props: { relay: RelayUrl }): JSX.Element {
  /** What else the address asks for, of boards that the relay may have. */
  const kept = () => [...new URLSearchParams(location.search)].filter(([name]) => !['relay', 'demo'].includes(name));
  const blocked = () => location.protocol === 'https:' && props.relay.base.startsWith('http:');
  return (
    <form class="connect" method="get" action={location.pathname}>
      <For each={kept()}>{([name, value]) => <input type="hidden" name={name} value={value} />}</For>
      <label for="relay">Connect to a relay</label>
      <div>
        <input
          id="relay"
          name="relay"
          type="text"
          inputmode="url"
          placeholder="https://host:8787"
          value={props.relay.isElsewhere ? props.relay.base : ''}
          autocomplete="url"
          spellcheck={false}
        />
        <button type="submit">Connect</button>
      </div>
      <Show
        when={props.relay.isElsewhere}
        fallback={<p>Start one with npm start; it serves this page too, at http://localhost:8787.</p>}
      >
        <p>
          A relay takes only its own pages unless it is told of others: start it with{' '}
          <code>--allow-origin {location.origin}</code>.
          <Show when={blocked()}>
            {' '}
            This page came over https, and browsers let such pages reach only https: put the relay behind https too.
          </Show>
        </p>
      </Show>
    </form>
  );
}
