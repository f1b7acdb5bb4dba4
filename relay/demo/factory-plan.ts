/** What stands on the factory floor, and when it is meant to run. */

export interface MachinePlan {
  readonly name: string;
  readonly line: string;
  /** A cycle at best, in seconds. */
  readonly idealS: number;
  /** While it runs. */
  readonly powerKw: number;
  readonly temperatureC: number;
  /** Minutes of running between faults, and between drifts of its measure, on average. */
  readonly faultMinutes: number;
  readonly driftMinutes: number;
  /** Parts a tool lasts. */
  readonly toolParts: number;
}

export const LINES = [
  { name: 'A', breakMinute: 0, firstChangeoverMs: 9 * 60_000 },
  { name: 'B', breakMinute: 20, firstChangeoverMs: 31 * 60_000 },
] as const;

const KINDS = [
  {
    kind: 'lathe',
    idealS: 0.45,
    powerKw: 18,
    temperatureC: 58,
    faultMinutes: 24,
    driftMinutes: 30,
    toolParts: 3_600,
  },
  { kind: 'mill', idealS: 0.55, powerKw: 22, temperatureC: 63, faultMinutes: 30, driftMinutes: 34, toolParts: 3_000 },
  {
    kind: 'grinder',
    idealS: 0.5,
    powerKw: 12,
    temperatureC: 49,
    faultMinutes: 33,
    driftMinutes: 11,
    toolParts: 2_600,
  },
] as const;

export const MACHINES: readonly MachinePlan[] = LINES.flatMap(({ name: line }) =>
  KINDS.map(({ kind, ...plan }, index) => ({ ...plan, line, name: `${line}${index + 1}-${kind}` })),
);

export const FAULTS = [
  { reason: 'jam', weight: 34, medianS: 45, spread: 0.5 },
  { reason: 'tool broken', weight: 20, medianS: 150, spread: 0.4 },
  { reason: 'sensor', weight: 18, medianS: 70, spread: 0.5 },
  { reason: 'overheated', weight: 16, medianS: 110, spread: 0.4 },
  { reason: 'safety gate', weight: 12, medianS: 30, spread: 0.4 },
] as const;

export const IDLE_REASONS = [
  { reason: 'no material', weight: 50, medianS: 35, spread: 0.6 },
  { reason: 'waiting for line', weight: 30, medianS: 20, spread: 0.5 },
  { reason: 'no operator', weight: 20, medianS: 55, spread: 0.5 },
] as const;

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

export interface ShiftTime {
  readonly shift: 'early' | 'late' | 'night';
  /** Null: it is meant to run; else why not. */
  readonly unplanned: 'handover' | 'break' | null;
}

/** Shifts from 6, 14 and 22 o'clock: three minutes of handover, and four hours in a break of a quarter of an hour, line after line. */
export function shiftAt(localMs: number, line: string): ShiftTime {
  const intoShiftMs = (((localMs - 6 * HOUR_MS) % (8 * HOUR_MS)) + 8 * HOUR_MS) % (8 * HOUR_MS);
  const hour = Math.floor((((localMs / HOUR_MS) % 24) + 24) % 24);
  const shift = hour >= 6 && hour < 14 ? 'early' : hour >= 14 && hour < 22 ? 'late' : 'night';
  const breakAt = 4 * HOUR_MS + (LINES.find(({ name }) => name === line)?.breakMinute ?? 0) * MINUTE_MS;
  if (intoShiftMs < 3 * MINUTE_MS) return { shift, unplanned: 'handover' };
  return { shift, unplanned: intoShiftMs >= breakAt && intoShiftMs < breakAt + 15 * MINUTE_MS ? 'break' : null };
}
