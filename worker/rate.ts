/** Rows per second over the last five seconds. */
export class Rate {
  readonly #counts: { readonly atMs: number; readonly rows: number }[] = [];

  add(rows: number, nowMs: number): void {
    if (rows > 0) this.#counts.push({ atMs: nowMs, rows });
    this.#forget(nowMs);
  }

  perSecond(nowMs: number): number {
    this.#forget(nowMs);
    return this.#counts.reduce((sum, { rows }) => sum + rows, 0) / (SPAN_MS / 1000);
  }

  #forget(nowMs: number): void {
    const kept = this.#counts.findIndex(({ atMs }) => atMs > nowMs - SPAN_MS);
    this.#counts.splice(0, kept === -1 ? this.#counts.length : kept);
  }
}

const SPAN_MS = 5000;
