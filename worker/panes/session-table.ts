import { type Block, isValid } from './column.ts';
import { GroupKeys, OTHER } from './group-keys.ts';
import { PaneChanges } from './pane-changes.ts';
import { DEFAULT_MAX_GROUPS, groupsWithin, MEASURE_EVERY } from './pane-table.ts';
import { rowFilter, TAKEN, type TableShape, TOO_LATE } from './row-filter.ts';
import { SeenKeys } from './seen-keys.ts';
import { firstEndingFrom, SessionOrder } from './session-order.ts';
import { type Measure, Slots } from './slots.ts';

/** Rows of one group with no gap between them: [startUs, endUs), where the end is the last row's time + its gap. */
export interface Session {
  readonly key: number;
  readonly slot: number;
  readonly startUs: number;
  readonly endUs: number;
  /** How often it was changed after it was final. */
  readonly revision: number;
}

export interface SessionShape extends TableShape {
  /** Silence that ends a session, µs; null: `gapExpression` says it for each row. */
  readonly gapUs: number | null;
  /** SQL that yields µs. */
  readonly gapExpression: string | null;
  readonly allowUs: number;
  /** A row is judged by [t, t + gap) before it joins a session. */
  readonly judgedAlone: boolean;
}

export interface SessionChanges {
  /** New, or changed in any way. */
  readonly now: Set<Session>;
  /** Other sessions have taken their place, perhaps with the same bounds. */
  readonly gone: Set<Session>;
  /** As the follower knows them. */
  readonly told: Set<Session>;
}

/** Someone who reads what changed, call by call. */
export interface SessionFollower {
  takenUs: number;
  /** Since the last call; null: not asked. */
  readonly changed: SessionChanges | null;
  /** They read no further. */
  readonly leave: () => void;
}

/** Of a session, what it takes beside its measures: itself, its places in two orders, its group's name. */
const SESSION_BYTES = 600;

/** Instead of a slot. */
const TOO_LATE_SLOT = -1;
const NO_ROOM = -2;

/**
 * Sessions, by group. A row opens [t, t + gap); what overlaps or touches is one session, so a late row may join two.
 *
 *     a        ├──┤        a          ├──┤
 *     rows  ───t──────────────t────────t──────▶      one session: each begins before the one before it has ended
 *
 * The rows of one block are joined with each other and with the open sessions first; then the joined session is judged:
 * when its end + allow ≤ watermark, it is too late. (With `judgedAlone` each row is judged so before it is joined.)
 * A row whose gap is null or not above 0 is in no session. (W30; R5)
 */
export class SessionTable {
  readonly shape: SessionShape;
  readonly slots: Slots;
  readonly keys: GroupKeys;
  readonly seen: SeenKeys | null;
  readonly followers = new Set<SessionFollower>();
  /** Rows join closed sessions too: somebody takes all of them each time, none as the last word. */
  keepsAll = false;
  /** Group → sessions by end. */
  readonly #sessions = new Map<number, Session[]>();
  readonly #order = new SessionOrder();
  /** Of sessions, by their starts. */
  readonly changes = new PaneChanges();
  #rowSlots: Int32Array = new Int32Array(0);
  #keptFromUs: number | null = null;
  #maxGroups = 0;
  #budgetBytes: number | null = null;
  tooLateRows = 0;
  /** Rows without a gap, and rows of groups beyond the bound: neither is in a session. */
  withoutGap = 0;
  droppedRows = 0;
  revision = 0;

  constructor(shape: SessionShape, measures: ReadonlyMap<string, Measure>, maxGroups: number = DEFAULT_MAX_GROUPS) {
    this.shape = shape;
    this.slots = new Slots(measures, SESSION_BYTES);
    this.keys = new GroupKeys(shape.by);
    this.seen = shape.dedup === null ? null : new SeenKeys(shape.dedup);
    this.maxGroups = maxGroups;
  }

  /** Sessions past which the oldest closed ones go; of open ones there may be twice as many. */
  get maxGroups(): number {
    return this.#maxGroups;
  }

  set maxGroups(sessions: number) {
    this.#maxGroups = sessions;
    this.keys.maxKeys = sessions * 2;
  }

  get measures(): ReadonlyMap<string, Measure> {
    return this.slots.measures;
  }

  /** Bytes all sessions may take, by estimate: how many there may be is measured from time to time. */
  set budgetBytes(bytes: number) {
    this.#budgetBytes = bytes;
    this.maxGroups = groupsWithin(bytes, this.slots);
  }

  /** What was before this is not counted here. */
  keepFrom(timeUs: number): void {
    this.#keptFromUs = Math.max(this.#keptFromUs ?? timeUs, timeUs);
  }

  /** Of what was before this some rows never come; those that do are counted. */
  completeFrom(timeUs: number): void {
    this.keepFrom(timeUs);
  }

  get keptFromUs(): number | null {
    return this.#keptFromUs;
  }

  /** All sessions by end, then start. */
  get all(): readonly Session[] {
    return this.#order.all;
  }

  /** From now on what closes is kept until the follower has taken it; with `changes` it is told of those too. */
  follow(changes: boolean): SessionFollower {
    const follower: SessionFollower = {
      takenUs: Number.NEGATIVE_INFINITY,
      changed: changes ? { now: new Set(), gone: new Set(), told: new Set() } : null,
      leave: () => this.followers.delete(follower),
    };
    this.followers.add(follower);
    return follower;
  }

  /** Counts a block's new rows; see `PaneTable.add`. */
  add(block: Block, watermarkUs: number | null, marks: Uint8Array | null): void {
    this.revision++;
    const { from, rows, timeUs } = block;
    if (this.#rowSlots.length < rows) this.#rowSlots = new Int32Array(Math.max(rows, 8192));
    const rowSlots = this.#rowSlots.fill(-1, 0, rows);
    const keys = this.keys.keysOf(
      this.shape.by.map((expression) => block.column(expression)),
      from,
      rows,
    );
    const gapUsAt = this.#gaps(block);
    const verdictOf = rowFilter(block, this.shape, this.seen, watermarkUs);
    const mark = (row: number, what: number) => {
      if (marks) marks[row] = (marks[row] ?? 0) | what;
    };
    const members: number[] = [];
    for (let row = from; row < rows; row++) {
      const verdict = verdictOf === null ? 0 : verdictOf(row);
      if (verdict < 0) continue;
      if (keys[row] === OTHER) this.droppedRows++;
      else if (verdict === 1 || this.#isTooLate(timeUs[row] as number, gapUsAt(row), watermarkUs)) {
        this.tooLateRows++;
        mark(row, TOO_LATE);
      } else if (gapUsAt(row) > 0) members.push(row);
      else this.withoutGap++;
    }
    members.sort(
      (left, right) =>
        (keys[left] as number) - (keys[right] as number) || (timeUs[left] as number) - (timeUs[right] as number),
    );
    for (let at = 0; at < members.length; ) {
      const first = members[at] as number;
      const key = keys[first] as number;
      const startUs = timeUs[first] as number;
      let endUs = startUs + gapUsAt(first);
      let next = at + 1;
      for (; next < members.length; next++) {
        const row = members[next] as number;
        if (keys[row] !== key || (timeUs[row] as number) > endUs) break;
        endUs = Math.max(endUs, (timeUs[row] as number) + gapUsAt(row));
      }
      const slot = this.#join(key, startUs, endUs, watermarkUs);
      for (; at < next; at++) {
        const row = members[at] as number;
        if (slot === NO_ROOM) this.droppedRows++;
        else if (slot === TOO_LATE_SLOT) {
          this.tooLateRows++;
          mark(row, TOO_LATE);
        } else {
          rowSlots[row] = slot;
          mark(row, TAKEN);
        }
      }
    }
    this.slots.add(block, rowSlots);
    if (this.#budgetBytes !== null && this.revision % MEASURE_EVERY === 0) this.budgetBytes = this.#budgetBytes;
    if (this.slots.size > this.maxGroups) this.#letGo(watermarkUs);
  }

  /** Where rows are judged alone: its own session would be closed. */
  #isTooLate(timeUs: number, gapUs: number, watermarkUs: number | null): boolean {
    const { judgedAlone, allowUs } = this.shape;
    return judgedAlone && watermarkUs !== null && gapUs > 0 && timeUs + gapUs + allowUs <= watermarkUs;
  }

  #gaps(block: Block): (row: number) => number {
    const { gapUs, gapExpression } = this.shape;
    if (gapExpression === null) return () => gapUs ?? 0;
    const column = block.column(gapExpression);
    if (column.kind === 'text') throw new RangeError('a gap is a number of µs');
    const { values, validity } = column;
    return (row) => (isValid(validity, row) ? Number(values[row]) : 0);
  }

  /** The slot of the session these rows belong to, joined with those they touch; or why there is none. */
  #join(key: number, startUs: number, endUs: number, watermarkUs: number | null): number {
    let own = this.#sessions.get(key);
    if (own === undefined) {
      own = [];
      this.#sessions.set(key, own);
    }
    // Closed sessions end before the open ones, which lie apart: those touched stand side by side.
    let from = firstEndingFrom(own, startUs);
    while (!this.keepsAll && from < own.length && this.isClosed(own[from] as Session, watermarkUs)) from++;
    let until = from;
    while (until < own.length && (own[until] as Session).startUs <= endUs) until++;
    const touched = own.slice(from, until);
    const joinedStartUs = touched.reduce((least, session) => Math.min(least, session.startUs), startUs);
    const joinedEndUs = touched.reduce((most, session) => Math.max(most, session.endUs), endUs);
    const tooLate = watermarkUs !== null && joinedEndUs + this.shape.allowUs <= watermarkUs;
    const [first, ...others] = touched;
    const noRoom = first === undefined && this.slots.size >= this.maxGroups * 2;
    if (tooLate || noRoom) {
      if (own.length === 0) this.#sessions.delete(key);
      return tooLate ? TOO_LATE_SLOT : NO_ROOM;
    }
    const slot = first?.slot ?? this.slots.take();
    for (const other of others) this.slots.fold(other.slot, slot);
    const revised =
      watermarkUs !== null && (joinedEndUs <= watermarkUs || touched.some((session) => session.endUs <= watermarkUs));
    const before = touched.reduce((most, { revision }) => Math.max(most, revision), 0);
    const joined: Session = {
      key,
      slot,
      startUs: joinedStartUs,
      endUs: joinedEndUs,
      revision: before + (revised ? 1 : 0),
    };
    own.splice(touched.length > 0 ? from : firstEndingFrom(own, joinedEndUs), touched.length, joined);
    for (const session of touched) this.#order.remove(session);
    this.#order.add(joined);
    this.changes.note(this.revision, joinedStartUs);
    for (const { changed } of this.followers) {
      if (changed === null) continue;
      for (const session of touched) {
        changed.now.delete(session);
        changed.gone.add(session);
      }
      changed.now.add(joined);
    }
    return slot;
  }

  /** No row joins it any more. */
  isClosed({ endUs }: Session, watermarkUs: number | null): boolean {
    return watermarkUs !== null && endUs + this.shape.allowUs <= watermarkUs;
  }

  /** Closed sessions, oldest first, but none that a follower has not taken. */
  #letGo(watermarkUs: number | null): void {
    if (watermarkUs === null) return;
    this.changes.note(this.revision, Number.NEGATIVE_INFINITY);
    let nowUs = watermarkUs;
    for (const { takenUs } of this.followers) nowUs = Math.min(nowUs, takenUs);
    const gone = new Map<number, number>();
    for (const session of this.all) {
      if (this.slots.size <= this.maxGroups * 0.9 || !this.isClosed(session, nowUs)) break;
      gone.set(session.key, (gone.get(session.key) ?? 0) + 1);
      this.#order.remove(session);
      this.slots.giveBack(session.slot);
      this.keepFrom(session.endUs);
    }
    // The oldest of all are the first of their groups.
    for (const [key, count] of gone) {
      const own = this.#sessions.get(key) ?? [];
      if (count === own.length) this.#sessions.delete(key);
      else own.splice(0, count);
    }
    if (this.keys.size >= this.maxGroups * 0.9) this.#forgetKeys();
  }

  #forgetKeys(): void {
    const renumbered = this.keys.keep([...this.#sessions.keys()]);
    const all = [...this.#sessions.values()];
    this.#sessions.clear();
    const moved = new Map<Session, Session>();
    const move = (session: Session): Session => {
      const known = moved.get(session) ?? { ...session, key: renumbered.get(session.key) ?? session.key };
      moved.set(session, known);
      return known;
    };
    for (const sessions of all) {
      const own = sessions.map(move);
      const [first] = own;
      if (first) this.#sessions.set(first.key, own);
    }
    this.#order.reset([...this.#sessions.values()].flat());
    for (const { changed } of this.followers)
      for (const set of changed === null ? [] : [changed.now, changed.gone, changed.told]) {
        const sessions = [...set];
        set.clear();
        for (const session of sessions) set.add(move(session));
      }
  }
}
