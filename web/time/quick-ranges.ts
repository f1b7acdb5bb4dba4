import type { RangeText } from './range.ts';

export interface QuickRange extends RangeText {
  readonly label: string;
  readonly hint?: string;
}

const last = (length: string, label: string): QuickRange => ({ from: `now-${length}`, to: 'now', label });

/** What is offered with one click, in columns. Shifts of eight hours begin at 06, 14 and 22 h. */
export const QUICK_RANGES: readonly (readonly QuickRange[])[] = [
  [
    last('5m', 'Last 5 min'),
    last('15m', 'Last 15 min'),
    last('1h', 'Last hour'),
    last('6h', 'Last 6 h'),
    last('12h', 'Last 12 h'),
    last('24h', 'Last 24 h'),
    last('2d', 'Last 2 days'),
    last('7d', 'Last 7 days'),
    last('30d', 'Last 30 days'),
  ],
  [
    { from: 'now/d', to: 'now', label: 'Today' },
    { from: 'now-1d/d', to: 'now-1d/d', label: 'Yesterday' },
    { from: 'now/w', to: 'now', label: 'This week' },
    { from: 'now-1w/w', to: 'now-1w/w', label: 'Last week' },
    { from: 'now-6h/8h+6h', to: 'now', label: 'This shift', hint: '06 · 14 · 22 h' },
    { from: 'now-14h/8h+6h', to: 'now-14h/8h+6h', label: 'Last shift' },
    { from: 'now-6h/d+6h', to: 'now', label: 'Since 06:00' },
    { from: 'all', to: 'now', label: 'All kept' },
  ],
];

export function quickRangeOf({ from, to }: RangeText): QuickRange | null {
  return QUICK_RANGES.flat().find((one) => one.from === from && one.to === to) ?? null;
}
