import type { Session } from './session-table.ts';

/**
 * All sessions of a table by end, then start. They come and go by the thousand with every block; the order is mended
 * when it is read, by one pass over it.
 *
 *     sorted ─ without those gone ─┐
 *     fresh, sorted ───────────────┴─ merge ─▶ sorted
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
    const merged: Session[] = [];
    let next = 0;
    for (const session of this.#sorted) {
      if (gone.has(session)) continue;
      for (let other = fresh[next]; other !== undefined && byEnd(other, session) < 0; other = fresh[++next])
        merged.push(other);
      merged.push(session);
    }
    for (; next < fresh.length; next++) merged.push(fresh[next] as Session);
    this.#sorted = merged;
    this.#fresh = [];
    gone.clear();
    return merged;
  }
}

function byEnd(left: Session, right: Session): number {
  return left.endUs - right.endUs || left.startUs - right.startUs;
}
