import type { Mapping } from '../../contract/spec/panels/parts.ts';
import { type Formatted, formatValue } from '../format.ts';
import { colorOf, mapped } from './mappings.ts';
import { type Passed, type Thresholds, thresholdPassed } from './thresholds.ts';

export interface ValueSpec extends Thresholds {
  readonly decimals?: number | undefined;
  readonly mappings?: readonly Mapping[] | undefined;
}

/** A value as a panel shows it. */
export interface ShownValue extends Formatted {
  /** CSS, of what it passed, else of what it is mapped to; null: no colour of its own. */
  readonly color: string | null;
  readonly passed: Passed | null;
}

export function shownValue(value: number | null, spec: ValueSpec): ShownValue {
  const found = mapped(value, spec.mappings);
  const passed = thresholdPassed(value, spec);
  const formatted = formatValue(value, { unit: spec.unit, decimals: spec.decimals });
  const text = found?.text ?? null;
  const shown = text === null ? formatted : { value: text, suffix: '', text };
  const color = passed ? colorOf(passed.level) : found?.color == null ? null : colorOf(found.color);
  return { ...shown, color, passed };
}
