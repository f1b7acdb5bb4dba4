import type { Pane } from './pane.ts';
import type { FixedCut } from './slices.ts';
import type { Slots } from './slots.ts';

/** Panes, or runs of the level below, in a run. */
const FANOUT = 8;
const MAX_LEVEL = 5;
/** A stretch of fewer panes is read pane by pane. */
const MIN_PANES = 2 * FANOUT;

export type VisitSlot = (key: number, slot: number) => void;

/** Panes merged into one, in slots of the table's own. */
interface Run {
  /** The latest `afterUs` of the parts merged: windows that closed by then do not count some of them. */
  readonly afterUs: number;
  readonly slots: ReadonlyMap<number, number>;
  /** The table's revision when it was last read. */
  readAt: number;
}

/**
 * Stretches of many panes, read with few merges: eight neighbouring panes are merged once into a run, eight runs into a
 * larger one, and so on, when they are first read; a change of a pane drops the runs over it and no others. A window of
 * 300 panes is then read from about 18 states of each group instead of 300, and the next window, one pane on, from
 * almost the same ones. (DESIGN §4.1: the time-indexed tree of FlatFAT and Druid's rollups)
 *
 *     panes   0 1 2 3 4 5 6 7 │ 8 … 15 │ … │ 56 … 63 │ 64 …
 *     runs    ├─ level 1, 0 ──┤        …   ├── 1, 7 ─┤
 *             ├──────────────── level 2, 0 ──────────┤
 */
export class PaneRuns {
  readonly #slots: Slots;
  readonly #cut: FixedCut;
  readonly #paneAt: (startUs: number) => Pane | undefined;
  /** By level − 1, then by index: start / (grain · 8^level). */
  readonly #levels: Map<number, Run>[] = [];
  /** Slots they may take; beyond it stretches are read pane by pane. */
  maxSlots = Number.POSITIVE_INFINITY;
  #taken = 0;
  /** No run was made over the pane since it was last changed. */
  #clean: number | null = null;
  #revision = 0;

  constructor(slots: Slots, cut: FixedCut, paneAt: (startUs: number) => Pane | undefined) {
    this.#slots = slots;
    this.#cut = cut;
    this.#paneAt = paneAt;
  }

  /** Slots taken by runs. */
  get size(): number {
    return this.#taken;
  }

  /** The pane that starts then has more rows: runs over it are stale. */
  changed(startUs: number): void {
    if (this.#taken === 0 && this.#levels.length === 0) return;
    if (this.#clean === startUs) return;
    this.#clean = startUs;
    let index = this.#indexOf(startUs);
    for (const runs of this.#levels) {
      index = Math.floor(index / FANOUT);
      const run = runs.get(index);
      if (run) this.#drop(runs, index, run);
    }
  }

  /** Panes are gone, or groups have other numbers. */
  clear(): void {
    for (const runs of this.#levels) for (const [index, run] of runs) this.#drop(runs, index, run);
    this.#levels.length = 0;
  }

  /**
   * Every (group, slot) of the panes in [fromUs, untilUs), bounds of panes, as a window that closes at `closesUs` counts
   * them; a group may come in several slots. `revision` is the table's. False: there are too few panes for runs.
   */
  visit(fromUs: number, untilUs: number, closesUs: number, revision: number, visit: VisitSlot): boolean {
    const end = this.#indexOf(untilUs);
    let index = this.#indexOf(fromUs);
    if (!(end - index >= MIN_PANES)) return false;
    this.#revision = revision;
    // The longest first: what they are merged into is then of the form it ends up in, such as a sketch.
    const pieces: { slots: ReadonlyMap<number, number>; length: number }[] = [];
    for (let length = 1; index < end; index += length) {
      let level = 0;
      for (length = 1; level < MAX_LEVEL && index % (length * FANOUT) === 0 && index + length * FANOUT <= end; level++)
        length *= FANOUT;
      let run: Run | null = null;
      for (; level > 0; level--, length /= FANOUT) {
        run = this.#run(level, index / length);
        if (run !== null && run.afterUs < closesUs) break;
        run = null;
      }
      if (run !== null) pieces.push({ slots: run.slots, length });
      else
        for (const { afterUs, slots } of this.#paneAt(this.#startOf(index))?.parts ?? [])
          if (afterUs < closesUs) pieces.push({ slots, length: 1 });
    }
    pieces.sort((left, right) => right.length - left.length);
    for (const { slots } of pieces) for (const [key, slot] of slots) visit(key, slot);
    return true;
  }

  /** Null: there is no room for it. */
  #run(level: number, index: number): Run | null {
    while (this.#levels.length < level) this.#levels.push(new Map());
    const runs = this.#levels[level - 1] as Map<number, Run>;
    const known = runs.get(index);
    if (known) {
      known.readAt = this.#revision;
      return known;
    }
    if (this.#taken >= this.maxSlots) this.#dropUnread();
    if (this.#taken >= this.maxSlots) return null;
    this.#clean = null;
    const made = level === 1 ? this.#ofPanes(index * FANOUT) : this.#ofRuns(level - 1, index * FANOUT);
    if (made) runs.set(index, made);
    return made;
  }

  #ofPanes(first: number): Run {
    const slots = new Map<number, number>();
    let latestUs = Number.NEGATIVE_INFINITY;
    for (let index = first; index < first + FANOUT; index++)
      for (const part of this.#paneAt(this.#startOf(index))?.parts ?? []) {
        latestUs = Math.max(latestUs, part.afterUs);
        this.#merge(part.slots, slots);
      }
    return { afterUs: latestUs, slots, readAt: this.#revision };
  }

  #ofRuns(level: number, first: number): Run | null {
    const parts: Run[] = [];
    for (let index = first; index < first + FANOUT; index++) {
      const part = this.#run(level, index);
      if (part === null) return null;
      parts.push(part);
    }
    const slots = new Map<number, number>();
    for (const part of parts) this.#merge(part.slots, slots);
    return { afterUs: Math.max(...parts.map(({ afterUs }) => afterUs)), slots, readAt: this.#revision };
  }

  #merge(from: ReadonlyMap<number, number>, into: Map<number, number>): void {
    for (const [key, slot] of from) {
      let target = into.get(key);
      if (target === undefined) {
        target = this.#slots.take();
        this.#taken++;
        into.set(key, target);
      }
      this.#slots.merge(slot, target);
    }
  }

  #dropUnread(): void {
    for (const runs of this.#levels)
      for (const [index, run] of runs) if (run.readAt !== this.#revision) this.#drop(runs, index, run);
  }

  #drop(runs: Map<number, Run>, index: number, run: Run): void {
    for (const slot of run.slots.values()) this.#slots.giveBack(slot);
    this.#taken -= run.slots.size;
    runs.delete(index);
  }

  #indexOf(startUs: number): number {
    return Math.round((startUs - this.#cut.offsetUs) / this.#cut.grainUs);
  }

  #startOf(index: number): number {
    return index * this.#cut.grainUs + this.#cut.offsetUs;
  }
}
