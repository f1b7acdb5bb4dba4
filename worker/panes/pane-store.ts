import { type Closing, standingOf } from './closing.ts';
import { type Ladder, nextGrainUs } from './ladder.ts';
import { IN_TIME, type Pane, type Part } from './pane.ts';
import type { Slots } from './slots.ts';

const MAX_PRESSURE = 6;
const ALL = Number.NEGATIVE_INFINITY;

export interface PaneStoreOptions {
  readonly slots: Slots;
  readonly closings: readonly Closing[];
  readonly ladder: Ladder;
  /** Slots in use by panes. */
  readonly groups: () => number;
  /** Panes are gone or folded: nothing that was read of them holds. */
  readonly onDisturb: () => void;
}

/**
 * The panes of a table by time, and what becomes of them with age. (N4)
 *
 *     let go │ folded: days │ hours │ minutes │ as they were made
 *            keptFromUs                       coarseBeforeUs
 */
export class PaneStore {
  readonly #options: PaneStoreOptions;
  readonly #panes = new Map<number, Pane>();
  #order: Pane[] = [];
  #ordered = true;
  /** Each step halves the ages at which panes are folded. */
  #pressure = 0;
  #keptFromUs: number | null = null;
  #coarseBeforeUs: number | null = null;

  constructor(options: PaneStoreOptions) {
    this.#options = options;
  }

  /** Panes before this were let go, or never counted; null: none were. */
  get keptFromUs(): number | null {
    return this.#keptFromUs;
  }

  /** What was before this is not counted here. */
  keepFrom(timeUs: number): void {
    this.#keptFromUs = Math.max(this.#keptFromUs ?? timeUs, timeUs);
  }

  /** Panes before this are folded into coarser ones; null: none are. */
  get coarseBeforeUs(): number | null {
    return this.#coarseBeforeUs;
  }

  /** All panes by start. */
  get all(): readonly Pane[] {
    if (!this.#ordered) {
      this.#order.sort((left, right) => left.startUs - right.startUs);
      this.#ordered = true;
    }
    return this.#order;
  }

  at(startUs: number): Pane | undefined {
    return this.#panes.get(startUs);
  }

  /** The pane of a slice, made when it is not there. */
  pane(startUs: number, endUs: number): Pane {
    const known = this.#panes.get(startUs);
    if (known) return known;
    const made: Pane = { startUs, endUs, parts: [], coarse: false };
    this.#insert(made);
    return made;
  }

  /** Folds panes whose age asks for it. */
  age(nowUs: number): void {
    if (!Number.isFinite(nowUs)) return;
    const buckets = new Map<number, { endUs: number; panes: Pane[] }>();
    for (const pane of this.all) {
      const { ladder } = this.#options;
      const grainUs = nextGrainUs(ladder, nowUs - pane.endUs, pane.endUs - pane.startUs, 0.5 ** this.#pressure);
      if (grainUs === null) continue;
      const startUs = Math.floor(pane.startUs / grainUs) * grainUs;
      const bucket = buckets.get(startUs) ?? { endUs: startUs + grainUs, panes: [] };
      bucket.panes.push(pane);
      buckets.set(startUs, bucket);
    }
    for (const [, { endUs, panes }] of buckets) if (endUs <= nowUs && this.#closedAt(endUs, nowUs)) this.#fold(panes);
  }

  /** Comes down to nine tenths of `maxGroups`: folds earlier, step by step, then lets the oldest panes go. */
  shrink(nowUs: number, maxGroups: number): void {
    const { groups } = this.#options;
    while (groups() > maxGroups * 0.9 && this.#pressure < MAX_PRESSURE) {
      this.#pressure++;
      this.age(nowUs);
    }
    if (groups() > maxGroups) this.#letGo(nowUs, maxGroups);
  }

  #insert(pane: Pane): void {
    this.#panes.set(pane.startUs, pane);
    const last = this.#order.at(-1);
    if (last && last.startUs > pane.startUs) this.#ordered = false;
    this.#order.push(pane);
  }

  /** All windows that hold a pane ending here are closed. */
  #closedAt(endUs: number, nowUs: number): boolean {
    return standingOf(this.#options.closings, endUs - 1, nowUs).closed;
  }

  #fold(panes: readonly Pane[]): void {
    const [first] = panes;
    const last = panes.at(-1);
    if (!first || !last || (first === last && first.coarse)) return;
    this.#options.onDisturb();
    const { startUs } = first;
    const { endUs } = last;
    const closesUs = this.#closesAround(startUs, endUs);
    const parts = new Map<string, Part>();
    for (const pane of panes) {
      this.#panes.delete(pane.startUs);
      for (const part of pane.parts) {
        const refusedBy = pane.coarse ? part.refusedBy : this.#refusing(pane, part);
        const afterUs = closesUs.findLast((time) => time <= part.afterUs) ?? IN_TIME;
        const key = `${afterUs} ${refusedBy.map((closing) => closing.key).join(' ')}`;
        const into = parts.get(key) ?? { afterUs, refusedBy, slots: new Map<number, number>() };
        parts.set(key, into);
        this.#merge(part, into);
      }
    }
    const gone = new Set(panes);
    this.#order = this.#order.filter((pane) => !gone.has(pane));
    this.#insert({ startUs, endUs, parts: [...parts.values()], coarse: true });
    this.#coarseBeforeUs = Math.max(this.#coarseBeforeUs ?? endUs, endUs);
    this.#forgetRevisions(this.#coarseBeforeUs);
  }

  #merge(part: Part, into: Part): void {
    for (const [key, slot] of part.slots) {
      const known = into.slots.get(key);
      if (known === undefined) into.slots.set(key, slot);
      else this.#options.slots.fold(slot, known);
    }
  }

  /** Closing times of the windows that hold all of [startUs, endUs), ascending: those that can still be told apart. */
  #closesAround(startUs: number, endUs: number): number[] {
    return this.#options.closings
      .flatMap(({ holding, allowUs }) =>
        holding(startUs, ALL)
          .filter((window) => window.endUs >= endUs)
          .map((window) => window.endUs + allowUs),
      )
      .sort((left, right) => left - right);
  }

  /** Kinds of windows of which none over the pane counts the part. */
  #refusing({ startUs }: Pane, { afterUs }: Part): readonly Closing[] {
    if (afterUs === IN_TIME) return [];
    return this.#options.closings.filter(
      ({ holding, allowUs }) => (holding(startUs, ALL).at(-1)?.endUs ?? ALL) + allowUs <= afterUs,
    );
  }

  /** The oldest panes, but never the newest nor one whose windows are open. */
  #letGo(nowUs: number, maxGroups: number): void {
    const { groups, slots, onDisturb } = this.#options;
    onDisturb();
    const panes = this.all;
    let gone = 0;
    while (gone < panes.length - 1 && groups() > maxGroups * 0.9) {
      const pane = panes[gone] as Pane;
      if (!this.#closedAt(pane.endUs, nowUs) && groups() < maxGroups * 2) break;
      gone++;
      this.#panes.delete(pane.startUs);
      for (const part of pane.parts) for (const slot of part.slots.values()) slots.giveBack(slot);
      this.keepFrom(pane.endUs);
    }
    this.#order = panes.slice(gone);
    if (this.#keptFromUs !== null) this.#forgetRevisions(this.#keptFromUs);
  }

  #forgetRevisions(beforeUs: number): void {
    for (const { revisions } of this.#options.closings)
      for (const endUs of revisions.keys()) if (endUs <= beforeUs) revisions.delete(endUs);
  }
}
