import { ACTIONS, SECOND_US, SPAN_SECONDS, STREAM } from './page/events.ts';
import type { Picture, PictureKind } from './page/truth.ts';

/** The bench's two pictures as SQL over all rows, in every way found to say it; events from `newestUs` on are yet to come. */
export const QUERIES: Readonly<Record<PictureKind, (newestUs: number) => Readonly<Record<string, string>>>> = {
  windows: (newestUs) => {
    const group = (where: string) =>
      `SELECT epoch_us(_event_time) // ${SECOND_US} AS second, action, count(*) FROM ${STREAM} ${where} GROUP BY ALL`;
    const sinceUs = newestUs - SPAN_SECONDS * SECOND_US;
    return {
      'all rows': group(''),
      'all rows, time_bucket': `SELECT epoch_us(time_bucket(INTERVAL 1 second, _event_time, TIMESTAMP '1970-01-01')) // ${SECOND_US}, action, count(*) FROM ${STREAM} GROUP BY ALL`,
      'the last 300 s': group(`WHERE _event_time >= make_timestamp(${sinceUs})`),
    };
  },
  groups: () => ({ 'all rows': `SELECT action, sum(price) FROM ${STREAM} GROUP BY ALL` }),
};

/** The answer of `windows`: second, action, count. */
export function windowsIn([seconds = [], actions = [], counts = []]: readonly (readonly unknown[])[]): Picture {
  const picture = new Map<number, number[]>();
  for (const [row, value] of seconds.entries()) {
    const second = Number(value);
    const counted = picture.get(second) ?? ACTIONS.map(() => 0);
    picture.set(second, counted);
    counted[(ACTIONS as readonly unknown[]).indexOf(actions[row])] = Number(counts[row]);
  }
  return picture;
}

/** The answer of `groups`: action, revenue. */
export function revenueIn([actions = [], sums = []]: readonly (readonly unknown[])[]): number[] {
  return ACTIONS.map((action) => Number(sums[actions.indexOf(action)]));
}
