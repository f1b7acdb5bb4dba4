import { formatClock, formatDayShort, formatMinute, type Zone, zoneOffsetMs } from '../format-time.ts';

/** Round numbers for axes. */

/** The smallest 1, 2, 2.5 or 5 × 10ⁿ that is at least `raw`; `factor` is what the unit multiplies by before showing. */
export function niceStep(raw: number, factor = 1): number {
  const wanted = raw * factor;
  if (!(wanted > 0) || !Number.isFinite(wanted)) return 1;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const digit = [1, 2, 2.5, 5, 10].find((one) => one * power >= wanted * (1 - 1e-9)) ?? 10;
  return (digit * power) / factor;
}

export interface ValueRange {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/**
 * The range and step of a value axis: at most five ticks, from zero unless the values are far from it and `zero` is not
 * asked for (areas, stacks and bars must start at zero, or their ink lies). The ends are whole half steps, so the axis
 * stands still while the values move a little.
 */
export function valueRange(min: number, max: number, options: { zero: boolean; factor?: number }): ValueRange {
  if (!(min <= max)) return { min: 0, max: 1, step: 1 };
  const fromZero = options.zero || (min >= 0 && min < max * 0.6) || (max <= 0 && max > min * 0.6);
  const low = fromZero ? Math.min(0, min) : min;
  const high = fromZero ? Math.max(0, max) : max;
  const span = high - low || Math.abs(high) || 1;
  let step = niceStep(span / 5, options.factor);
  for (;;) {
    const half = step / 2;
    const bottom = low === 0 ? 0 : Math.floor((low - span * 0.02) / half) * half;
    const top = high === 0 ? 0 : Math.ceil((high + span * 0.02) / half) * half;
    const range = { min: bottom, max: top > bottom ? top : bottom + step, step };
    if (valueTicks(range).length <= 5) return range;
    step = niceStep(step * 1.01, options.factor);
  }
}

/** The whole steps within a value range. */
export function valueTicks({ min, max, step }: ValueRange): number[] {
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

const STEPS_S = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
  2_592_000,
];

export interface TimeTicks {
  readonly stepS: number;
  readonly seconds: readonly number[];
}

/** Round moments of the zone's clock between two, at most `most` of them. */
export function timeTicks(fromS: number, toS: number, most: number, zone: Zone): TimeTicks {
  const span = toS - fromS;
  const stepS =
    STEPS_S.find((step) => span / step <= Math.max(1, most)) ?? 2_592_000 * Math.ceil(span / 2_592_000 / most);
  const offsetS = offsetOf(fromS, zone);
  const seconds: number[] = [];
  for (let at = Math.ceil((fromS + offsetS) / stepS) * stepS; at - offsetS <= toS; at += stepS)
    seconds.push(at - offsetS);
  return { stepS, seconds };
}

/** Clocks change at quarters of an hour; a chart asks several times a second, and the answer takes long to find. */
const QUARTER_S = 900;
const offsets = new Map<string, number>();

function offsetOf(seconds: number, zone: Zone): number {
  const quarter = Math.floor(seconds / QUARTER_S);
  const key = `${quarter} ${zone.timeZone ?? ''}`;
  let offset = offsets.get(key);
  if (offset === undefined) {
    if (offsets.size > 100) offsets.clear();
    offset = zoneOffsetMs(quarter * QUARTER_S * 1000, zone) / 1000;
    offsets.set(key, offset);
  }
  return offset;
}

export function timeTickLabel(seconds: number, stepS: number, zone: Zone): string {
  const ms = seconds * 1000;
  if (stepS >= 86_400) return formatDayShort(ms, zone);
  if (stepS < 60) return formatClock(ms, zone);
  return formatMinute(ms, zone);
}

/** Every how many-th label of a value axis is written, so that none stands upon another. */
export function labelEvery(
  { min, max, ticks }: { readonly min: number; readonly max: number; readonly ticks: readonly number[] },
  heightPx: number,
  fontPx: number,
): number {
  const [first = 0, second = first] = ticks;
  const stepPx = ((second - first) / (max - min)) * heightPx;
  return stepPx > 0 ? Math.ceil((fontPx * 0.95) / stepPx) : 1;
}
