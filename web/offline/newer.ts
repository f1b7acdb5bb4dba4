import { type Accessor, createSignal, onCleanup } from 'solid-js';
import type { Clock } from '../../contract/clock.ts';
import { PROTOCOL_VERSION } from '../../contract/protocol/version.ts';
import type { Answering, RelayVersion } from './find-relay.ts';

/** What the relay has that this page has not; null: it is of one build with it, or nobody knows. */
export type Newer = 'protocol' | 'build';

const EVERY_MS = 60_000;

/**
 * Asks the relay for its version again and again: of another build than when the page was opened, or of a later protocol
 * than the page speaks, it has a newer page. `look` asks at once.
 */
export function createNewer(
  clock: Clock,
  ask: () => Promise<Answering>,
): { readonly newer: Accessor<Newer | null>; readonly look: () => void } {
  const [newer, setNewer] = createSignal<Newer | null>(null);
  const judge = createJudge();
  let cancel = () => {};
  let over = false;
  const look = async () => {
    cancel();
    const version = await ask();
    if (over) return;
    if (version !== null && version !== 'files') setNewer(judge(version));
    cancel();
    cancel = clock.after(EVERY_MS, () => void look());
  };
  void look();
  onCleanup(() => {
    over = true;
    cancel();
  });
  return { newer, look: () => void look() };
}

/** Says of each version told whether it is newer than the page, which is taken to be of the first build told. */
export function createJudge(): (version: RelayVersion) => Newer | null {
  let first: string | null = null;
  return ({ protocol, build }) => {
    if (protocol > PROTOCOL_VERSION) return 'protocol';
    first ??= build;
    return build !== null && build !== first ? 'build' : null;
  };
}
