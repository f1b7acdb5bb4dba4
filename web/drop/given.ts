/** Files the page was given, and how fast they are to be read. */
export interface Given {
  readonly files: readonly File[];
  readonly speed: Speed;
}

/** By event time: 1 is as it happened, 10 ten times as fast. `max`: as fast as they are read. */
export type Speed = number | 'max';

export const SPEEDS: readonly Speed[] = ['max', 0.1, 1, 10, 100];

export function speedWords(speed: Speed): string {
  return speed === 'max' ? 'as fast as it goes' : `at ${speed}×`;
}
