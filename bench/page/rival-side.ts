import type { Client } from '@perspective-dev/client';
import { history, SPAN_SECONDS, tick } from './events.ts';
import { revenueOf, windowsOf } from './formulations.ts';
import { type Formulation, type Read, Rival } from './perspective.ts';
import { type PictureKind, Truth, told } from './truth.ts';

/** Perspective's table beside the plain count of everything that went into it. */
export class RivalSide {
  readonly #rival: Rival;
  readonly #truth: Truth;
  readonly #kind: PictureKind;
  #ticks = 0;

  private constructor(rival: Rival, truth: Truth, kind: PictureKind) {
    this.#rival = rival;
    this.#truth = truth;
    this.#kind = kind;
  }

  static async open(client: Client, kind: PictureKind, prepared: boolean, rows: number): Promise<RivalSide> {
    const truth = new Truth();
    return new RivalSide(await Rival.open(client, prepared, told(history(rows), truth)), truth, kind);
  }

  show(formulation: Formulation): Promise<void> {
    return this.#rival.show(formulation);
  }

  /** Mean ms of one tick over `count` ticks; a mean, since Perspective sometimes leaves one tick's work to the next. */
  async run(read: Read, count: number): Promise<number> {
    let totalMs = 0;
    for (let i = 0; i < count; i++) {
      const batch = tick(this.#ticks++);
      this.#truth.add(batch);
      const arrow = this.#rival.arrow(batch);
      const skip = this.#kind === 'windows' ? this.#truth.windows - SPAN_SECONDS : 0;
      const before = performance.now();
      await this.#rival.tick(arrow, read, skip);
      totalMs += performance.now() - before;
    }
    return totalMs / count;
  }

  async check(who: string): Promise<void> {
    const columns = await this.#rival.columns();
    if (this.#kind === 'windows') this.#truth.checkWindows(windowsOf(columns), this.#truth.windows, who);
    else this.#truth.checkRevenue(revenueOf(columns), who);
  }

  close(): Promise<void> {
    return this.#rival.close();
  }
}
