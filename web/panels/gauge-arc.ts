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
