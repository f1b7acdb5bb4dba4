import type { Pane } from './pane.ts';
import type { FixedCut } from './slices.ts';
import type { Slots } from './slots.ts';

/** Panes, or runs of the level below, in a run. */
const FANOUT = 8;
const MAX_LEVEL = 5;
/** A stretch of fewer panes is read pane by pane. */
const MIN_PANES = 2 * FANOUT;

export type VisitSlot = (key: number, slot: number) => void;

/** Panes merged into one, in slots of the table's own; each measure when it is first asked for. */
interface Run {
  /** The latest `afterUs` of the parts merged: windows that closed by then do not count some of them. */
  readonly afterUs: number;
  readonly slots: ReadonlyMap<number, number>;
  /** What is merged: slot, into slot, slot, into slot, … */
  readonly pairs: readonly number[];
  /** The runs those slots are of; none: of panes. */
  readonly children: readonly Run[];
  /** Keys of the measures that are merged. */
  readonly merged: Set<string>;
  /** The table's revision when it was last read. */
  readAt: number;
  dropped: boolean;
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
   * them; a group may come in several slots, whose states hold of `measures`. `revision` is the table's. False: there are
   * too few panes for runs.
   */
  visit(
    fromUs: number,
    untilUs: number,
    closesUs: number,
    revision: number,
    measures: Iterable<string>,
    visit: VisitSlot,
  ): boolean {
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
        run = this.#merged(level, index / length, closesUs, measures);
        if (run !== null) break;
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

  /** A run with these measures; null: a window that closes then does not count all of it, or there is no room for it. */
  #merged(level: number, index: number, closesUs: number, measures: Iterable<string>): Run | null {
    const run = this.#run(level, index);
    if (run === null || run.afterUs >= closesUs) return null;
    if (this.#merge(run, measures)) return run;
    // A run it is made of was dropped for room: it is made again.
    this.#drop(this.#levels[level - 1] as Map<number, Run>, index, run);
    const made = this.#run(level, index);
    return made !== null && this.#merge(made, measures) ? made : null;
  }

  /** False: what has to be merged is no longer there. */
  #merge(run: Run, measures: Iterable<string>): boolean {
    for (const key of measures) {
      if (run.merged.has(key)) continue;
      if (run.children.some((child) => child.dropped || !this.#merge(child, [key]))) return false;
      const state = this.#slots.measures.get(key)?.state;
      if (state)
        for (let at = 0; at < run.pairs.length; at += 2)
          state.merge(state, run.pairs[at] as number, run.pairs[at + 1] as number);
      run.merged.add(key);
    }
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
    const parts: { afterUs: number; slots: ReadonlyMap<number, number> }[] = [];
    for (let index = first; index < first + FANOUT; index++)
      parts.push(...(this.#paneAt(this.#startOf(index))?.parts ?? []));
    return this.#of(parts, []);
  }

  #ofRuns(level: number, first: number): Run | null {
    const parts: Run[] = [];
    for (let index = first; index < first + FANOUT; index++) {
      const part = this.#run(level, index);
      if (part === null) return null;
      parts.push(part);
    }
    return this.#of(parts, parts);
  }

  #of(
    parts: readonly { readonly afterUs: number; readonly slots: ReadonlyMap<number, number> }[],
    children: readonly Run[],
  ): Run {
    const slots = new Map<number, number>();
    const pairs: number[] = [];
    let latestUs = Number.NEGATIVE_INFINITY;
    for (const { afterUs, slots: own } of parts) {
      latestUs = Math.max(latestUs, afterUs);
      for (const [key, slot] of own) {
        let into = slots.get(key);
        if (into === undefined) {
          into = this.#slots.take();
          this.#taken++;
          slots.set(key, into);
        }
        pairs.push(slot, into);
      }
    }
    return { afterUs: latestUs, slots, pairs, children, merged: new Set(), readAt: this.#revision, dropped: false };
  }

  #dropUnread(): void {
    for (const runs of this.#levels)
      for (const [index, run] of runs) if (run.readAt !== this.#revision) this.#drop(runs, index, run);
  }

  #drop(runs: Map<number, Run>, index: number, run: Run): void {
    for (const slot of run.slots.values()) this.#slots.giveBack(slot);
    this.#taken -= run.slots.size;
    run.dropped = true;
    runs.delete(index);
  }

  #indexOf(startUs: number): number {
    return Math.round((startUs - this.#cut.offsetUs) / this.#cut.grainUs);
  }

  #startOf(index: number): number {
    return index * this.#cut.grainUs + this.#cut.offsetUs;
  }
}
