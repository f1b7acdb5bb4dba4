import type { Session } from './session-table.ts';

/**
 * All sessions of a table by end, then start. They come and go by the thousand with every block; the order is mended
 * when it is read, by one pass over it.
 *
 *     sorted  … ended before │ without those gone ─┐
 *                              fresh, sorted ──────┴─ merge ─▶ sorted
 */
export class SessionOrder {
  #sorted: Session[] = [];
  #fresh: Session[] = [];
  readonly #gone = new Set<Session>();

  add(session: Session): void {
    this.#fresh.push(session);
  }

  remove(session: Session): void {
    this.#gone.add(session);
  }

  /** Starts over with these. */
  reset(sessions: Iterable<Session>): void {
    this.#sorted = [];
    this.#gone.clear();
    this.#fresh = [...sessions];
  }

  /** Valid until a session comes or goes. */
  get all(): readonly Session[] {
    if (this.#fresh.length === 0 && this.#gone.size === 0) return this.#sorted;
    const gone = this.#gone;
    const fresh = this.#fresh.filter((session) => !gone.has(session)).sort(byEnd);
    let fromUs = fresh[0]?.endUs ?? Number.POSITIVE_INFINITY;
    for (const { endUs } of gone) fromUs = Math.min(fromUs, endUs);
    // What ended before all of them stays where it is.
    const sorted = this.#sorted;
    const after = sorted.splice(firstEndingFrom(sorted, fromUs));
    let next = 0;
    for (const session of after) {
      if (gone.has(session)) continue;
      for (let other = fresh[next]; other !== undefined && byEnd(other, session) < 0; other = fresh[++next])
        sorted.push(other);
      sorted.push(session);
    }
    for (; next < fresh.length; next++) sorted.push(fresh[next] as Session);
    this.#fresh = [];
    gone.clear();
    return sorted;
  }
}

function byEnd(left: Session, right: Session): number {
  return left.endUs - right.endUs || left.startUs - right.startUs;
}

/** Index of the first session that ends at or after a time. */
export function firstEndingFrom(byEnd: readonly Session[], timeUs: number): number {
  let low = 0;
  let high = byEnd.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((byEnd[middle] as Session).endUs >= timeUs) high = middle;
    else low = middle + 1;
  }
  return low;
}
