import type { Down, SourceState } from '../../contract/protocol/down.ts';
import type { Loss } from '../../contract/worker-api.ts';

type Stats = Extract<Down, { type: 'stats' }>['streams'][string];

const KEPT_LOSSES = 100;
const UNKNOWN: SourceState = { state: 'connecting', message: null, fix: null };

/**
 * What is known of one stream besides what the engine holds: whether its subscription is answered, what was lost, and
 * what the relay last told of its source.
 */
export class Subscription {
  /** Asked for and not answered: what comes meanwhile belongs to an older question and is let go. */
  awaiting = true;
  losses: readonly Loss[] = [];
  stats: Stats | null = null;
  /** Sealed at the relay → committed here, of the newest frame. */
  lagMs: number | null = null;
  /** Why the relay cannot serve it; until it does. */
  fault: string | null = null;

  lost(loss: Loss): void {
    this.losses = [...this.losses, loss].slice(-KEPT_LOSSES);
  }

  get source(): SourceState {
    return this.fault === null
      ? (this.stats?.source ?? UNKNOWN)
      : { state: 'failed', message: this.fault, fix: 'Reload the page; if it stays so, see the relay’s log.' };
  }
}
