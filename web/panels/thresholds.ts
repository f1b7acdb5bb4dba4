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
}

/** The gravest threshold a value has passed, in words; null when none. */
export function thresholdPassed(value: number | null, thresholds: Thresholds): Passed | null {
  if (value === null || Number.isNaN(value)) return null;
  const { warnAbove, alarmAbove, warnBelow, alarmBelow } = thresholds;
  const words = (limit: number) =>
    formatValue(limit, { unit: thresholds.unit, decimals: undefined })
      .text.replace(/([.,]\d*?)0+(?= )/, '$1')
      .replace(/[.,](?= )/, '');
  if (alarmAbove !== undefined && value > alarmAbove) return { level: 'alarm', word: `above ${words(alarmAbove)}` };
  if (alarmBelow !== undefined && value < alarmBelow) return { level: 'alarm', word: `below ${words(alarmBelow)}` };
  if (warnAbove !== undefined && value > warnAbove) return { level: 'warn', word: `above ${words(warnAbove)}` };
  if (warnBelow !== undefined && value < warnBelow) return { level: 'warn', word: `below ${words(warnBelow)}` };
  return null;
}
