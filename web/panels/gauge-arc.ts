/**
 * The dial: 240° around (100, 100), from lower left to lower right. Places on it are 0 at its lower end to 1.
 */
const FROM_DEG = 150;
const SWEEP_DEG = 240;

export interface Dial {
  readonly min: number;
  readonly max: number;
  readonly warnAbove?: number | undefined;
  readonly alarmAbove?: number | undefined;
  readonly warnBelow?: number | undefined;
  readonly alarmBelow?: number | undefined;
}

/** Where a value stands on the dial; beyond its ends it stands at them. */
export function placeOn({ min, max }: Dial, value: number): number {
  return max > min ? Math.min(1, Math.max(0, (value - min) / (max - min))) : 0;
}

export function arcPath(radius: number, from: number, to: number): string {
  const point = (at: number) => {
    const angle = ((FROM_DEG + SWEEP_DEG * at) * Math.PI) / 180;
    return `${(100 + radius * Math.cos(angle)).toFixed(2)} ${(100 + radius * Math.sin(angle)).toFixed(2)}`;
  };
  return `M${point(from)}A${radius} ${radius} 0 ${(to - from) * SWEEP_DEG > 180 ? 1 : 0} 1 ${point(to)}`;
}

export interface Zone {
  readonly from: number;
  readonly to: number;
  readonly color: 'late' | 'down' | 'live';
}

/** The stretches its limits cut the dial into, in order; none where there are no limits. */
export function gaugeZones(dial: Dial): Zone[] {
  const { warnAbove, alarmAbove, warnBelow, alarmBelow } = dial;
  if ([warnAbove, alarmAbove, warnBelow, alarmBelow].every((limit) => limit === undefined)) return [];
  const colorAt = (value: number): Zone['color'] => {
    if (value > (alarmAbove ?? Number.POSITIVE_INFINITY) || value < (alarmBelow ?? Number.NEGATIVE_INFINITY))
      return 'down';
    const warned = value > (warnAbove ?? Number.POSITIVE_INFINITY) || value < (warnBelow ?? Number.NEGATIVE_INFINITY);
    return warned ? 'late' : 'live';
  };
  const cuts = [dial.min, dial.max, warnAbove, alarmAbove, warnBelow, alarmBelow]
    .filter((cut): cut is number => cut !== undefined && cut >= dial.min && cut <= dial.max)
    .sort((a, b) => a - b);
  const zones: Zone[] = [];
  for (const [index, cut] of cuts.entries()) {
    const next = cuts[index + 1];
    if (next === undefined || next === cut) continue;
    zones.push({ from: placeOn(dial, cut), to: placeOn(dial, next), color: colorAt((cut + next) / 2) });
  }
  return zones;
}

/** How large the words of a dial are and where its ends stand, all in its own units; `high` is its drawing. */
export interface DialType {
  readonly end: number;
  readonly endsX: readonly [number, number];
  readonly endsY: number;
  readonly high: number;
  readonly figure: number;
  readonly unit: number;
}

/** The drawing is so wide, and begins there. */
export const DIAL = { left: 4, top: 6, width: 192 } as const;
/** Below its lower ends. */
const ENDS_TOP = 149.5;
const LEAST_END = 11;
/** Of a letter, in its height: about how wide it is, and how far a capital and a tail reach. */
const WIDE = 0.62;
const CAPITAL = 0.73;
const TAIL = 0.25;
/** For the figure, within the ring. */
const INNER = 130;
const BEFORE_UNIT = 4;

/** Words as large as `wantedPx` on the screen, in a room of so many CSS pixels, as far as they have it. */
export function dialType(
  room: { readonly width: number; readonly height: number },
  wantedPx: number,
  ends: readonly [string, string],
  value: string,
  suffix: string,
): DialType {
  const perUnit = Math.min(
    room.width / DIAL.width,
    (room.height - (CAPITAL + TAIL) * wantedPx) / (ENDS_TOP - DIAL.top),
  );
  const wanted = wantedPx / Math.max(perUnit, 0.1);
  // Both beside each other, with a gap.
  const most = (DIAL.width - 2 * BEFORE_UNIT) / (WIDE * (ends[0].length + ends[1].length));
  const end = Math.min(Math.max(LEAST_END, wanted), most);
  const half = (text: string) => (text.length * WIDE * end) / 2;
  const endsY = ENDS_TOP + CAPITAL * end;
  const large = Math.min(38, 190 / Math.max(1, value.length + suffix.length * 0.55));
  const [figure, unit] = [Math.max(large, wanted), Math.max(large / 2, wanted)];
  const beside = suffix === '' ? 0 : BEFORE_UNIT + WIDE * unit * suffix.length;
  const part = Math.min(1, INNER / (WIDE * figure * Math.max(1, value.length) + beside));
  return {
    end,
    endsX: [Math.max(32, DIAL.left + half(ends[0])), Math.min(168, DIAL.left + DIAL.width - half(ends[1]))],
    endsY,
    high: endsY + TAIL * end - DIAL.top,
    figure: figure * part,
    unit: unit * part,
  };
}
