import { niceStep, type ValueRange, valueRange, valueTicks } from '../charts/ticks.ts';
import { axisFactor, formatTicks } from '../format.ts';

/** An axis of values: its ends, and where its ticks are, in words of one scale. */
export interface ValueAxis extends ValueRange {
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

/** From zero where the values are near it, or always. */
export function axisOf(min: number, max: number, unit: string | undefined, zero: boolean): ValueAxis {
  const factor = axisFactor(Math.max(Math.abs(min), Math.abs(max)), unit);
  return withTicks(valueRange(min, max, { zero, factor }), unit);
}

/** Exactly from one value to another, with at most `most` ticks between. */
export function axisBetween(min: number, max: number, unit: string | undefined, most: number): ValueAxis {
  const factor = axisFactor(Math.max(Math.abs(min), Math.abs(max)), unit);
  return withTicks({ min, max, step: niceStep((max - min) / Math.max(1, most), factor) }, unit);
}

function withTicks(range: ValueRange, unit: string | undefined): ValueAxis {
  const values = valueTicks(range);
  const texts = formatTicks(values, range.step, { unit });
  return { ...range, ticks: values.map((at, index) => ({ at, text: texts[index] ?? '' })) };
}
