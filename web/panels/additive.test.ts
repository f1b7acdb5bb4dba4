import { expect, test } from 'vitest';
import { WindowSpecSchema } from '../../contract/spec/window.ts';
import { isAdditive } from './additive.ts';

test('counts and sums may be added, and what is linear in them; shares, means and distinct values may not', () => {
  const spec = WindowSpecSchema.parse({
    from: 's',
    window: 'tumble(1m)',
    select: {
      orders: "count_if(action = 'purchase')",
      revenue: 'sum(price)',
      both: 'orders + revenue',
      per_second: 'count() / 60',
      share: 'orders / count()',
      users: 'count_distinct(user_id)',
      mean: 'avg(price)',
      shifted: 'orders + 1',
    },
  });
  const found = Object.keys(spec.select).filter((name) => isAdditive(name, spec));
  expect(found).toEqual(['orders', 'revenue', 'both', 'per_second']);
  expect([isAdditive('nothing', spec), isAdditive('orders', undefined)]).toEqual([false, false]);
});
