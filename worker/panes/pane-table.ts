import { type Closing, revise, type Standing, standingOf } from './closing.ts';
import type { Block } from './column.ts';
import { GroupKeys, OTHER } from './group-keys.ts';
import { DEFAULT_LADDER, type Ladder } from './ladder.ts';
import { type Follower, IN_TIME, type Pane, type Part, partOf, touch } from './pane.ts';
import { PaneChanges } from './pane-changes.ts';
import { PaneRuns } from './pane-runs.ts';
import { PaneStore } from './pane-store.ts';
import { rowFilter, TAKEN, type TableShape, TOO_LATE } from './row-filter.ts';
import { SeenKeys } from './seen-keys.ts';
import type { Slices } from './slices.ts';
import { type Measure, Slots } from './slots.ts';

export type { Follower, Pane, Part };

/**
 * The panes of one table: per (slice of event time, group) a slot, per slot the state of each measure. Windows of any
 * grid whose bounds fall on panes are runs of them.
 *
 *     rows of a block ─▶ slot per row (−1: not counted) ─▶ each measure adds by slot
 *
 *     pane   … │ 12:00:00 │ 12:00:01 │ 12:00:02 │ …
 *     parts        rows in time · rows that came after some windows over the pane had closed
 *
 * A late row of overlapping windows counts in those that are open and in no other: hence the parts. (W8)
 */
export class PaneTable {
  readonly shape: TableShape;
  readonly slices: Slices;
  readonly slots: Slots;
  readonly closings: Closing[];
  readonly keys: GroupKeys;
  readonly seen: SeenKeys | null;
  readonly followers = new Set<Follower>();
  readonly changes = new PaneChanges();
  /** Null: panes are not all of one length. */
  readonly runs: PaneRuns | null;
  readonly #store: PaneStore;
  #maxGroups = 0;
  #completeFromUs: number | null = null;
  #budgetBytes: number | null = null;
  #watermarkUs = Number.NEGATIVE_INFINITY;
  #agedAtUs = Number.NEGATIVE_INFINITY;
  #rowSlots: Int32Array = new Int32Array(0);
  /** By group + 1: its slot in the current pane, if `#seenIn` has the current run of rows. */
  #seenSlot: Int32Array = new Int32Array(0);
  #seenIn: Float64Array = new Float64Array(0);
  #run = 0;
  #addition = 0;
  /** Number of known groups at which those no pane has are looked for. */
  #sweepKeysAt = 4096;
  /** Rows of groups beyond the bound, counted as one group. */
  foldedRows = 0;
  /** Rises with every change. */
  revision = 0;

  constructor(
    shape: TableShape,
    slices: Slices,
    closings: readonly Closing[],
    measures: ReadonlyMap<string, Measure>,
    { maxGroups = DEFAULT_MAX_GROUPS, ladder = DEFAULT_LADDER }: { maxGroups?: number; ladder?: Ladder } = {},
  ) {
    this.shape = shape;
    this.slices = slices;
    this.closings = [...closings];
    this.slots = new Slots(measures);
    this.#store = new PaneStore({
      slots: this.slots,
      closings: this.closings,
      ladder,
      groups: () => this.#groups,
      onDisturb: () => this.#disturb(),
    });
    this.runs = slices.fixed && new PaneRuns(this.slots, slices.fixed, (startUs) => this.#store.at(startUs));
    this.keys = new GroupKeys(shape.by);
    this.seen = shape.dedup === null ? null : new SeenKeys(shape.dedup);
    this.maxGroups = maxGroups;
  }

  get measures(): ReadonlyMap<string, Measure> {
    return this.slots.measures;
  }

  /** Groups over all panes; a pane holds a quarter of them at most. */
  get maxGroups(): number {
    return this.#maxGroups;
  }

  set maxGroups(groups: number) {
    this.#maxGroups = groups;
    this.keys.maxKeys = groups * 2;
    if (this.runs) this.runs.maxSlots = groups / 4;
  }

  /** Bytes all groups may take, by estimate: how many there may be is measured from time to time. */
  set budgetBytes(bytes: number) {
    this.#budgetBytes = bytes;
    this.#measureGroups();
  }

  /** Groups of panes; the merged ones of runs are bounded apart. */
  get #groups(): number {
    return this.slots.size - (this.runs?.size ?? 0);
  }

  /** Panes are gone, or groups have other numbers: nothing read before holds. */
  #disturb(): void {
    this.runs?.clear();
    this.changes.note(this.revision, Number.NEGATIVE_INFINITY);
  }

  #measureGroups(): void {
    if (this.#budgetBytes !== null) this.maxGroups = groupsWithin(this.#budgetBytes, this.slots);
  }

  /** Panes before this were let go, never counted, or counted in part; null: none were. */
  get keptFromUs(): number | null {
    const { keptFromUs } = this.#store;
    return keptFromUs === null || this.#completeFromUs === null
      ? (keptFromUs ?? this.#completeFromUs)
      : Math.max(keptFromUs, this.#completeFromUs);
  }

  /** Of what was before this some rows never come; those that do are counted. */
  completeFrom(timeUs: number): void {
    this.#completeFromUs = Math.max(this.#completeFromUs ?? timeUs, timeUs);
  }

  /** What was before this is not counted here. */
  keepFrom(timeUs: number): void {
    this.#store.keepFrom(timeUs);
  }

  /** Panes before this are folded into coarser ones; null: none are. */
  get coarseBeforeUs(): number | null {
    return this.#store.coarseBeforeUs;
  }

  /** From now on what closes is kept until the follower has taken it; with `changes` it is told of those too. */
  follow(changes: boolean): Follower {
    const follower: Follower = {
      takenUs: Number.NEGATIVE_INFINITY,
      touched: changes ? new Map() : null,
      leave: () => this.followers.delete(follower),
    };
    this.followers.add(follower);
    return follower;
  }

  /** All panes by start. */
  get panes(): readonly Pane[] {
    return this.#store.all;
  }

  /**
   * Counts a block's new rows. `watermarkUs` is the one valid before them, null: nothing is late. What became of each
   * row is added to `marks`, when it is given.
   */
  add(block: Block, watermarkUs: number | null, marks: Uint8Array | null): void {
    this.revision++;
    this.#addition++;
    this.#watermarkUs = Math.max(this.#watermarkUs, watermarkUs ?? Number.NEGATIVE_INFINITY);
    if (this.#rowSlots.length < block.rows) this.#rowSlots = new Int32Array(Math.max(block.rows, 8192));
    this.#assign(block, watermarkUs, marks);
    this.slots.add(block, this.#rowSlots);
    this.#stayWithin();
  }

  #assign(block: Block, watermarkUs: number | null, marks: Uint8Array | null): void {
    const { rows, from, timeUs } = block;
    const rowSlots = this.#rowSlots;
    const keys = this.keys.keysOf(
      this.shape.by.map((expression) => block.column(expression)),
      from,
      rows,
    );
    const verdictOf = rowFilter(block, this.shape, this.seen, watermarkUs);
    this.#makeRoom();
    const seenSlot = this.#seenSlot;
    const seenIn = this.#seenIn;
    const keptFromUs = this.#store.keptFromUs ?? Number.NEGATIVE_INFINITY;
    const oldestUs = Math.max(keptFromUs, this.coarseBeforeUs ?? Number.NEGATIVE_INFINITY);
    let run = this.#run;
    let pane: Pane | null = null;
    let part: Part | null = null;
    let start = 0;
    let end = Number.NEGATIVE_INFINITY;
    let standing: Standing | null = null;
    let gone = false;
    let otherSlot = NO_SLOT;
    for (let row = from; row < rows; row++) {
      const verdict = verdictOf === null ? 0 : verdictOf(row);
      if (verdict < 0) {
        rowSlots[row] = -1;
        continue;
      }
      const time = timeUs[row] as number;
      if (!(time >= start && time < end)) {
        start = this.slices.startOf(time);
        end = this.slices.endOf(start);
        gone = start < oldestUs;
        standing = watermarkUs !== null && end <= watermarkUs ? standingOf(this.closings, start, watermarkUs) : null;
        pane = null;
        part = null;
        run++;
      }
      if (watermarkUs !== null && (standing !== null || gone || verdict === 1))
        this.#countLate(standing, gone || verdict === 1, start);
      if (gone || verdict === 1 || standing?.closed) {
        rowSlots[row] = -1;
        if (marks) marks[row] = (marks[row] ?? 0) | TOO_LATE;
        continue;
      }
      if (marks) marks[row] = (marks[row] ?? 0) | TAKEN;
      const key = keys[row] as number;
      if (seenIn[key + 1] === run) {
        const slot = seenSlot[key + 1] as number;
        if (slot === otherSlot) this.foldedRows++;
        rowSlots[row] = slot;
        continue;
      }
      if (pane === null) pane = this.#store.pane(start, end);
      if (part === null) part = partOf(pane, standing?.afterUs ?? IN_TIME);
      const slot = this.#slot(pane, part, key);
      otherSlot = part.slots.get(OTHER) ?? NO_SLOT;
      if (slot === otherSlot) this.foldedRows++;
      if (standing) for (const { closing, endUs } of standing.revising) revise(closing, endUs, key, this.#addition);
      seenIn[key + 1] = run;
      seenSlot[key + 1] = slot;
      rowSlots[row] = slot;
    }
    this.#run = run;
  }

  /** `refused`: by all windows, whatever the watermark says. */
  #countLate(standing: Standing | null, refused: boolean, startUs: number): void {
    for (const [index, closing] of this.closings.entries()) {
      const counts = standing?.counts[index];
      const holding = counts?.holding ?? closing.holding(startUs, Number.NEGATIVE_INFINITY).length;
      const closed = refused ? holding : (counts?.closed ?? 0);
      closing.tooLateAssignments += closed;
      if (closed === holding) closing.tooLateRows++;
    }
  }

  #makeRoom(): void {
    const groups = this.keys.size + 1;
    if (this.#seenIn.length >= groups) return;
    const room = Math.max(64, groups * 2);
    this.#seenSlot = new Int32Array(room);
    this.#seenIn = new Float64Array(room).fill(-1);
  }

  #slot(pane: Pane, part: Part, group: number): number {
    let key = group;
    let slot = part.slots.get(key);
    if (slot === undefined && key !== OTHER && part.slots.size >= this.#maxGroups / 4) {
      key = OTHER;
      slot = part.slots.get(OTHER);
    }
    if (slot === undefined) {
      slot = this.slots.take();
      part.slots.set(key, slot);
    }
    for (const { touched } of this.followers) if (touched) touch(touched, pane, part, key);
    this.changes.note(this.revision, pane.startUs);
    this.runs?.changed(pane.startUs);
    return slot;
  }

  /** Folds panes for their age, and while there are too many groups folds earlier, then lets the oldest go. */
  #stayWithin(): void {
    if (this.#addition % MEASURE_EVERY === 0) this.#measureGroups();
    const over = this.#groups > this.#maxGroups;
    let nowUs = this.#watermarkUs;
    for (const { takenUs } of this.followers) nowUs = Math.min(nowUs, takenUs);
    if (!over && !(nowUs - this.#agedAtUs >= AGE_EVERY_US)) return;
    this.#agedAtUs = nowUs;
    this.#store.age(nowUs);
    if (over) this.#store.shrink(nowUs, this.#maxGroups);
    if (this.keys.size >= this.#sweepKeysAt) this.#forgetKeys();
  }

  #forgetKeys(): void {
    const used = new Set<number>();
    for (const pane of this.panes) for (const { slots } of pane.parts) for (const key of slots.keys()) used.add(key);
    used.delete(OTHER);
    const limit = this.keys.size >= this.#maxGroups * 1.5 ? 0.95 : 0.5;
    this.#sweepKeysAt = Math.min(this.#maxGroups * 1.5, Math.max(4096, used.size * 2));
    if (used.size > this.keys.size * limit) return;
    for (const { revisions } of this.closings)
      for (const groups of revisions.values()) for (const key of groups.keys()) if (key !== OTHER) used.add(key);
    this.#disturb();
    const renumbered = this.keys.keep([...used]);
    const renumber = <T>(map: Map<number, T>) => {
      const entries = [...map];
      map.clear();
      for (const [key, value] of entries) map.set(renumbered.get(key) ?? key, value);
    };
    for (const pane of this.panes) for (const { slots } of pane.parts) renumber(slots);
    for (const { revisions } of this.closings) for (const groups of revisions.values()) renumber(groups);
    for (const { touched } of this.followers)
      for (const parts of touched?.values() ?? [])
        for (const [part, groups] of parts)
          parts.set(part, new Set([...groups].map((key) => renumbered.get(key) ?? key)));
    this.#seenIn.fill(-1);
  }
}

/** How many groups a budget has room for, as they are now; at least so many that a pane can hold a hundred. */
export function groupsWithin(budgetBytes: number, slots: Slots): number {
  return Math.max(MIN_GROUPS, Math.floor(budgetBytes / slots.averageBytes()));
}

const MIN_GROUPS = 400;
/** Additions between two looks at the bytes groups take. */
export const MEASURE_EVERY = 64;
const NO_SLOT = -2;
/** Groups of a table when nothing else is said. */
export const DEFAULT_MAX_GROUPS = 200_000;
/** Event time between two looks at the age of panes. */
const AGE_EVERY_US = 60e6;
