import type { Down, SourceState } from '../../contract/protocol/down.ts';
import type { Loss, StreamStatus } from '../../contract/worker-api.ts';

type Stats = Extract<Down, { type: 'stats' }>['streams'][string];

const KEPT_LOSSES = 100;
/** Without a frame for so long, what was read was all of the history. */
const HISTORY_OVER_MS = 2000;
/** Not answered for so long, it is not only on its way: a relay may serve a stream that it has not begun. */
const ANSWER_OVER_MS = 10_000;
const UNKNOWN: SourceState = { state: 'connecting', message: null, fix: null };

/**
 * What is known of one stream besides what the engine holds: whether its subscription is answered, what was lost, and
 * what the relay last told of its source.
 */
export class Subscription {
  /** Not answered: what comes meanwhile belongs to an older question and is let go. */
  awaiting = true;
  #askedMs: number | null = null;
  losses: readonly Loss[] = [];
  /** How the newest subscription was answered. */
  delivery: StreamStatus['delivery'] = null;
  /** Records not given because newer ones of their key were. */
  conflated = 0;
  stats: Stats | null = null;
  /** Sealed at the relay → committed here, of the newest frame that was sealed while this tab listened. */
  lagMs: number | null = null;
  #answeredMs = Number.POSITIVE_INFINITY;
  /** When the newest frame was committed, if that was history; or, before the first, when it was answered. */
  #historyAtMs: number | null = null;
  /** Why the relay cannot serve it; until it does. */
  fault: string | null = null;

  asked(nowMs: number): void {
    this.awaiting = true;
    this.#askedMs = nowMs;
  }

  /** There is nobody who could answer. */
  dropped(): void {
    this.awaiting = true;
    this.#askedMs = null;
  }

  answered(delivery: NonNullable<StreamStatus['delivery']>): void {
    this.awaiting = false;
    this.delivery = delivery;
    this.conflated = 0;
    this.#answeredMs = delivery.atMs;
    this.#historyAtMs = delivery.atMs;
  }

  /**
   * A frame is in the store, sealed at that time by this computer's clock. One from before this tab listened was waiting
   * for it: that is history, not lag.
   */
  committed(sealedAtMs: number, nowMs: number): void {
    const live = this.live(sealedAtMs);
    if (live) this.lagMs = Math.max(0, nowMs - sealedAtMs);
    this.#historyAtMs = live ? null : nowMs;
    this.fault = null;
  }

  /** Was this sealed while this tab listened, by this computer's clock? */
  live(sealedAtMs: number): boolean {
    return sealedAtMs >= this.#answeredMs;
  }

  /**
   * History is asked for or read, and nothing newer came yet. A quiet stream has no newer frame: then its history is at
   * its end.
   */
  catchingUp(nowMs: number): boolean {
    if (this.awaiting && this.#askedMs !== null && nowMs - this.#askedMs < ANSWER_OVER_MS) return true;
    return this.#historyAtMs !== null && nowMs - this.#historyAtMs < HISTORY_OVER_MS;
  }

  /** Rows came from what this tab had kept: they are history, whenever they were sealed. */
  restored(nowMs: number): void {
    this.#historyAtMs = nowMs;
  }

  lost(loss: Loss): void {
    this.losses = [...this.losses, loss].slice(-KEPT_LOSSES);
  }

  get source(): SourceState {
    return this.fault === null
      ? (this.stats?.source ?? UNKNOWN)
      : { state: 'failed', message: this.fault, fix: 'Reload the page; if it stays so, see the relay’s log.' };
  }
}
