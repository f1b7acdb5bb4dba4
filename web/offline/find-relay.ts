import { type Accessor, createSignal, onCleanup } from 'solid-js';
import type { Clock } from '../../contract/clock.ts';

/** What `GET /version` of a relay answers. */
export interface RelayVersion {
  readonly protocol: number;
  readonly build: string | null;
}

const TIMEOUT_MS = 4_000;

/** Asks a relay for its version; null: nothing answers there, or something else does. */
export async function askVersion(url: string, fetcher: typeof fetch = fetch): Promise<RelayVersion | null> {
  try {
    const answer = await fetcher(url, { cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) });
    // A static host may answer anything with a page.
    const told: unknown = answer.ok ? await answer.json() : null;
    if (typeof told !== 'object' || told === null || !('protocol' in told) || typeof told.protocol !== 'number')
      return null;
    const build = 'build' in told && typeof told.build === 'string' ? told.build : null;
    return { protocol: told.protocol, build };
  } catch {
    return null;
  }
}

const RETRY_MS = 5_000;

/**
 * Whether a relay answers: null until it is known, then asked again while none does. The engine finds out by itself, but
 * only after it has been loaded, which on a slow line takes a while.
 */
export function createFindRelay(clock: Clock, ask: () => Promise<RelayVersion | null>): Accessor<boolean | null> {
  const [found, setFound] = createSignal<boolean | null>(null);
  let over = false;
  let cancel = () => {};
  const look = async () => {
    const version = await ask();
    if (over) return;
    setFound(version !== null);
    if (version === null) cancel = clock.after(RETRY_MS, () => void look());
  };
  void look();
  onCleanup(() => {
    over = true;
    cancel();
  });
  return found;
}
