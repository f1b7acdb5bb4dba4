import type { Clock } from '../../contract/clock.ts';

/**
 * One sync for all that was written since the last:
 *
 *     idle ─ want ─▶ planned ─ 20 ms after the last sync ─▶ syncing ─▶ planned again, where something came meanwhile
 */
const SYNC_MS = 20;

export class GroupSync {
  readonly #clock: Clock;
  /** Syncs, and resolves; never rejects. */
  readonly #sync: () => Promise<void>;
  #cancelPlan: (() => void) | null = null;
  #syncing: Promise<void> | null = null;
  #syncedAtMs = Number.NEGATIVE_INFINITY;
  #wanted = false;
  #closed = false;

  constructor(clock: Clock, sync: () => Promise<void>) {
    this.#clock = clock;
    this.#sync = sync;
  }

  want(): void {
    this.#wanted = true;
    if (this.#syncing !== null || this.#cancelPlan !== null || this.#closed) return;
    const waitMs = Math.max(0, this.#syncedAtMs + SYNC_MS - this.#clock.nowMs());
    this.#cancelPlan = this.#clock.after(Math.min(waitMs, SYNC_MS), () => this.#begin());
  }

  /** Resolves when everything before the call was synced, or tried to. */
  async now(): Promise<void> {
    await this.#syncing;
    if (this.#wanted && !this.#closed) this.#begin();
    await this.#syncing;
  }

  /** No sync begins any more; resolves when none is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelPlan?.();
    await this.#syncing;
  }

  #begin(): void {
    this.#cancelPlan?.();
    this.#cancelPlan = null;
    this.#wanted = false;
    this.#syncing ??= this.#sync().finally(() => {
      this.#syncing = null;
      this.#syncedAtMs = this.#clock.nowMs();
      if (this.#wanted) this.want();
    });
  }
}
