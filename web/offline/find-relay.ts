import { type Accessor, createSignal, onCleanup } from 'solid-js';
import type { Clock } from '../../contract/clock.ts';

/** What `GET /version` of a relay answers. */
export interface RelayVersion {
  readonly protocol: number;
  readonly build: string | null;
}

const TIMEOUT_MS = 4_000;

/** What answers where a relay may be: `files` is a host of files alone, which has the page's own `version` (public/). */
export type Answering = RelayVersion | 'files' | null;

/** Asks a relay for its version; null: nothing answers there, or something else does. */
export async function askRelay(url: string, fetcher: typeof fetch = fetch): Promise<Answering> {
  try {
    const answer = await fetcher(url, { cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) });
    // A static host may answer anything with a page.
    const told: unknown = answer.ok ? await answer.json() : null;
    if (typeof told !== 'object' || told === null) return null;
    if ('relay' in told && told.relay === false) return 'files';
    if (!('protocol' in told) || typeof told.protocol !== 'number') return null;
    const build = 'build' in told && typeof told.build === 'string' ? told.build : null;
    return { protocol: told.protocol, build };
  } catch {
    return null;
  }
}

const RETRY_MS = 5_000;

export type Found = 'relay' | 'files' | 'nothing';

/**
 * What answers where the relay may be: null until it is known, then asked again while no relay does. The engine finds out
 * by itself, but only after it has been loaded, which on a slow line takes a while.
 */
export function createFindRelay(clock: Clock, ask: () => Promise<Answering>): Accessor<Found | null> {
  const [found, setFound] = createSignal<Found | null>(null);
  let over = false;
  let cancel = () => {};
  const look = async () => {
    const answer = await ask();
    if (over) return;
    const isRelay = answer !== null && answer !== 'files';
    setFound(isRelay ? 'relay' : (answer ?? 'nothing'));
    if (!isRelay) cancel = clock.after(RETRY_MS, () => void look());
  };
  void look();
  onCleanup(() => {
    over = true;
    cancel();
  });
  return found;
}
