/**
 * What SQL cannot say in one query: which row is the first of its event, and which rows make a session when some of them
 * are too late. Written as plainly as the rules are; every row is kept.
 */
export interface HandRow {
  readonly idx: number;
  readonly timeUs: number;
  readonly frame: number;
  readonly watermarkUs: number | null;
  /** Its event, for deduplication. */
  readonly event: number;
  readonly gapUs: number | null;
}

export type Verdict = 'counts' | 'duplicate' | 'too late';

/** The first row of an event counts, until the watermark has reached its time + `withinUs`. Rows in order of arrival. */
export function firstOfEach(rows: readonly HandRow[], withinUs: number): Map<number, Verdict> {
  const expiry = new Map<number, number>();
  return new Map(
    rows.map(({ idx, timeUs, watermarkUs, event }): [number, Verdict] => {
      if (watermarkUs !== null && timeUs <= watermarkUs) return [idx, 'too late'];
      const expiresUs = expiry.get(event);
      if (expiresUs !== undefined && (watermarkUs === null || expiresUs > watermarkUs)) return [idx, 'duplicate'];
      expiry.set(event, timeUs + withinUs);
      return [idx, 'counts'];
    }),
  );
}

interface Session {
  readonly key: number;
  readonly startUs: number;
  readonly endUs: number;
  readonly rows: readonly number[];
}

export interface Sessions {
  readonly sessions: readonly Session[];
  readonly tooLate: readonly number[];
  readonly withoutGap: readonly number[];
}

/** How late rows of sessions are judged. */
export interface SessionRules {
  readonly allowUs: number;
  /** Each by itself, before it joins a session. */
  readonly judgedAlone: boolean;
  /** Rows join closed sessions too; where the joined one is closed as well they are too late. */
  readonly isComplete: boolean;
}

/** Sessions of rows in order of arrival, frame by frame; `keyOf` is the group of a row. */
export function sessionsOf(
  rows: readonly HandRow[],
  keyOf: (idx: number) => number,
  { allowUs, judgedAlone, isComplete }: SessionRules,
): Sessions {
  let sessions: Session[] = [];
  const tooLate: number[] = [];
  const withoutGap: number[] = [];
  for (const frame of new Set(rows.map((row) => row.frame))) {
    const arrived = rows.filter((row) => row.frame === frame);
    const watermarkUs = arrived[0]?.watermarkUs ?? Number.NEGATIVE_INFINITY;
    const isOpen = ({ endUs }: Session) => endUs + allowUs > watermarkUs;
    const stored = sessions;
    const fresh = new Set<number>();
    let joined = stored.filter((session) => isComplete || isOpen(session));
    for (const { idx, timeUs, gapUs } of arrived) {
      if (gapUs === null || gapUs <= 0) withoutGap.push(idx);
      else if (judgedAlone && timeUs + gapUs + allowUs <= watermarkUs) tooLate.push(idx);
      else {
        fresh.add(idx);
        joined.push({ key: keyOf(idx), startUs: timeUs, endUs: timeUs + gapUs, rows: [idx] });
      }
    }
    for (let merged = mergeTwo(joined); merged !== null; merged = mergeTwo(joined)) joined = merged;
    const isRefused = (session: Session) => !isOpen(session) && session.rows.some((idx) => fresh.has(idx));
    const refused = joined.filter(isRefused).flatMap((session) => session.rows);
    tooLate.push(...refused.filter((idx) => fresh.has(idx)));
    const kept = joined.filter((session) => !isRefused(session));
    const within = new Set(kept.flatMap((session) => session.rows));
    // What refused rows had met stays as it was.
    sessions = [...kept, ...stored.filter((session) => session.rows.every((idx) => !within.has(idx)))];
  }
  return { sessions, tooLate, withoutGap };
}

/** Two of them that overlap or touch as one; null: there are none. */
function mergeTwo(sessions: readonly Session[]): Session[] | null {
  for (const [index, left] of sessions.entries())
    for (const right of sessions.slice(index + 1)) {
      if (left.key !== right.key || left.startUs > right.endUs || right.startUs > left.endUs) continue;
      const both: Session = {
        key: left.key,
        startUs: Math.min(left.startUs, right.startUs),
        endUs: Math.max(left.endUs, right.endUs),
        rows: [...left.rows, ...right.rows],
      };
      return [...sessions.filter((session) => session !== left && session !== right), both];
    }
  return null;
}
