import type { GroupKeys } from '../panes/group-keys.ts';
import type { Session, SessionTable } from '../panes/session-table.ts';
import type { Measure } from '../panes/slots.ts';
import { bisect } from './bisect.ts';
import type { Chosen, VisitSlot, WindowInstance, WindowRows } from './window-rows.ts';

/** Sessions of a table. */
export class SessionRows implements WindowRows {
  readonly table: SessionTable;
  readonly coarseBeforeUs = null;
  readonly sizeUs = 0;
  readonly stepUs = 0;
  readonly regular = false;

  readonly #chosen: Chosen | null;

  /** With `chosen` only sessions of those groups are there. */
  constructor(table: SessionTable, chosen: Chosen | null = null) {
    this.#chosen = chosen;
    this.table = table;
  }

  get keys(): GroupKeys {
    return this.table.keys;
  }

  get measures(): ReadonlyMap<string, Measure> {
    return this.table.measures;
  }

  get keptFromUs(): number | null {
    return this.table.keptFromUs;
  }

  get oldestUs(): number | null {
    return this.table.all[0]?.startUs ?? null;
  }

  get tooLateRows(): number {
    return this.table.tooLateRows;
  }

  get tooLateAssignments(): number {
    return this.table.tooLateRows;
  }

  instances(afterUs: number, untilUs: number): WindowInstance[] {
    const { all } = this.table;
    const first = bisect(all, ({ endUs }) => endUs > afterUs);
    const end = bisect(all, ({ endUs }) => endUs > untilUs);
    return all.slice(first, end).filter(this.#isChosen).map(sessionInstance);
  }

  newest(timeUs: number): WindowInstance | null {
    const last = this.table.all.findLast((session) => session.startUs <= timeUs && this.#isChosen(session));
    return last ? sessionInstance(last) : null;
  }

  readonly #isChosen = ({ key }: Session): boolean => this.#chosen?.has(key) ?? true;

  choose(chosen: Chosen): SessionRows {
    return new SessionRows(this.table, chosen);
  }

  visit({ session }: WindowInstance, visit: VisitSlot): void {
    if (session) visit(session.key, session.slot);
  }

  visitSpan(fromUs: number, untilUs: number, visit: VisitSlot): void {
    for (const instance of this.instances(fromUs, untilUs)) this.visit(instance, visit);
  }

  closesUs({ endUs }: WindowInstance): number {
    return endUs + this.table.shape.allowUs;
  }

  revisionOf({ session }: WindowInstance): number {
    return session?.revision ?? 0;
  }
}

export function sessionInstance(session: Session): WindowInstance {
  return { startUs: session.startUs, endUs: session.endUs, coarse: false, session };
}
