/** Changes remembered; who asks for earlier ones is told that anything may have changed. */
const MAX_KNOWN = 4096;

/**
 * Since which revision of a table panes from which time on are as they were: what was read at a revision holds for the
 * windows that end at or before `earliestSince(revision)`.
 *
 * A stack whose revisions and starts both rise; a change pops what starts at or after it, as it hides those:
 *
 *     (rev 7, 12:00:03) (rev 9, 12:00:05)  + (rev 10, 12:00:04)  ─▶  (rev 7, 12:00:03) (rev 10, 12:00:04)
 */
export class PaneChanges {
  #revisions: number[] = [];
  #starts: number[] = [];
  /** Changes up to this revision are forgotten. */
  #forgotten = -1;

  /** A pane that starts then was changed; −Infinity: all panes were. Revisions never fall. */
  note(revision: number, startUs: number): void {
    let last = this.#starts.length - 1;
    if (this.#starts[last] === startUs && this.#revisions[last] === revision) return;
    for (; last >= 0 && (this.#starts[last] as number) >= startUs; last--) {
      this.#starts.pop();
      this.#revisions.pop();
    }
    if (this.#revisions[last] === revision) return;
    this.#starts.push(startUs);
    this.#revisions.push(revision);
    if (this.#starts.length > MAX_KNOWN) this.#forget();
  }

  /** Start of the earliest pane changed after a revision; Infinity: none was. */
  earliestSince(revision: number): number {
    if (revision < this.#forgotten) return Number.NEGATIVE_INFINITY;
    let low = 0;
    let high = this.#revisions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#revisions[middle] as number) > revision) high = middle;
      else low = middle + 1;
    }
    return this.#starts[low] ?? Number.POSITIVE_INFINITY;
  }

  /** The latest revision at which a pane that starts before a time was changed; −1: none was. */
  latestBefore(timeUs: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] as number) < timeUs) low = middle + 1;
      else high = middle;
    }
    return this.#revisions[low - 1] ?? this.#forgotten;
  }

  #forget(): void {
    const gone = this.#starts.length >> 1;
    this.#forgotten = this.#revisions[gone - 1] as number;
    this.#revisions = this.#revisions.slice(gone);
    this.#starts = this.#starts.slice(gone);
  }
}
