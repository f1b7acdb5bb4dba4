import { formatValue } from '../format.ts';

export interface Thresholds {
  readonly warnAbove?: number | undefined;
  readonly alarmAbove?: number | undefined;
  readonly warnBelow?: number | undefined;
  readonly alarmBelow?: number | undefined;
  readonly unit?: string | undefined;
}

export interface Passed {
  readonly level: 'warn' | 'alarm';
  /** `above 2 %` */
  readonly word: string;
  readonly short: 'high' | 'low';
}

/** The gravest threshold a value has passed, in words; null when none. */
export function thresholdPassed(value: number | null, thresholds: Thresholds): Passed | null {
  if (value === null || Number.isNaN(value)) return null;
  const { warnAbove, alarmAbove, warnBelow, alarmBelow } = thresholds;
  const words = (limit: number) =>
    formatValue(limit, { unit: thresholds.unit, decimals: undefined })
      .text.replace(/([.,]\d*?)0+(?= )/, '$1')
      .replace(/[.,](?= )/, '');
  const above = (level: Passed['level'], limit: number): Passed => ({
    level,
    word: `above ${words(limit)}`,
    short: 'high',
  });
  const below = (level: Passed['level'], limit: number): Passed => ({
    level,
    word: `below ${words(limit)}`,
    short: 'low',
  });
  if (alarmAbove !== undefined && value > alarmAbove) return above('alarm', alarmAbove);
  if (alarmBelow !== undefined && value < alarmBelow) return below('alarm', alarmBelow);
  if (warnAbove !== undefined && value > warnAbove) return above('warn', warnAbove);
  if (warnBelow !== undefined && value < warnBelow) return below('warn', warnBelow);
  return null;
}
