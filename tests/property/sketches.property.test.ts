import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { measure } from '../../bench/sketches/errors.ts';
import { withTables } from '../../bench/sketches/report.ts';
import { DISTRIBUTIONS } from '../../bench/sketches/values.ts';

/** The small sizes of `npm run sketches`, with some of its seeds; it measures up to 10 M values. */
const SIZES = [10, 100, 1_000, 10_000, 100_000];

test.each(Object.keys(DISTRIBUTIONS))(
  'W23 W24 W25 %s: errors stay within what is promised (seeds 1, 2)',
  (distribution) => {
    for (const n of SIZES)
      for (const seed of [1, 2]) {
        const { different, distinct, quantiles, top, topRight, topListed } = measure(distribution, n, seed);
        const about = `n ${n}, seed ${seed}`;
        for (const { measured, promised } of [distinct, ...quantiles, top])
          expect(measured, about).toBeLessThanOrEqual(promised * 1.000001);
        expect(distinct.promised > 0, about).toBe(different > 16_384);
        if (top.promised === 0) expect(topRight, about).toBe(topListed);
        expect(topListed, about).toBe(Math.min(10, different));
      }
  },
);

test('W23 W24 W25 the page of approximations has its place for the tables, and they are there', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/approximations.md'), 'utf8');
  expect(withTables(page, 'new')).toContain('npm run sketches -->\n\nnew\n\n<!--');
  expect(page).toMatch(/\| all different \|(?: [^|]+ ≤ [^|]+\||[^|]+\|){7}/);
});
