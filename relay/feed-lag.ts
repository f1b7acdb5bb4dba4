/** How far the reading of a stream is behind its source. */
export class FeedLag {
  /** By partition; null: the source cannot say. */
  readonly #behind = new Map<number, number | null>();
  #atEnd = false;

  /** Has all that was there been read? */
  get atEnd(): boolean {
    return this.#atEnd;
  }

  /** Records the source has beyond what was read; null when it cannot say. */
  get records(): number | null {
    const behind = [...this.#behind.values()];
    return behind.includes(null) ? null : behind.reduce<number>((sum, records) => sum + (records ?? 0), 0);
  }

  handled(partition: number, behind: number | null): void {
    this.#behind.set(partition, behind);
    if (behind !== null && behind > 0) this.#atEnd = false;
  }

  /** True: it was not at the end before. */
  reachEnd(): boolean {
    for (const partition of this.#behind.keys()) this.#behind.set(partition, 0);
    const reached = !this.#atEnd;
    this.#atEnd = true;
    return reached;
  }

  clear(): void {
    this.#behind.clear();
    this.#atEnd = false;
  }
}
