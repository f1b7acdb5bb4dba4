import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DdSketch, RELATIVE_ERROR } from './ddsketch.ts';

function sketchOf(values: readonly number[]): DdSketch {
  const sketch = new DdSketch();
  sketch.resize(1);
  sketch.add({
    from: 0,
    rows: values.length,
    slots: new Int32Array(values.length),
    argument: { kind: 'number', values, validity: null },
    by: null,
    partitionAt: () => 0,
    timeUs: new Float64Array(values.length),
    offsetAt: (row) => row,
  });
  return sketch;
}

test('W10 a quantile is within 1 % of the value at its rank, split and merged or not', () => {
  const value = fc.oneof(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }).filter((one) => one === 0 || Math.abs(one) > 1e-6),
    fc.constant(0),
    fc.integer({ min: 1, max: 5 }),
  );
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 200 }),
      fc.nat(200),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, cut, rank) => {
        const whole = sketchOf(values.slice(0, cut));
        whole.merge(sketchOf(values.slice(cut)), 0, 0);
        const sorted = [...values].sort((left, right) => left - right);
        const exact = sorted[Math.floor(rank * (values.length - 1))] ?? 0;
        const found = whole.value(0, rank) ?? Number.NaN;
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(Math.abs(exact) * (RELATIVE_ERROR + 1e-9));
      },
    ),
    { numRuns: 500 },
  );
});

test('W10 values over many powers of ten keep the error at the upper ranks; NaN and infinities are left out', () => {
  const values = Array.from({ length: 400 }, (_, index) => 10 ** (index / 20 - 9));
  const sketch = sketchOf([Number.NaN, Number.POSITIVE_INFINITY, ...values]);
  for (const rank of [0.5, 0.9, 1]) {
    const exact = values[Math.floor(rank * 399)] ?? 0;
    expect(Math.abs((sketch.value(0, rank) ?? 0) / exact - 1)).toBeLessThanOrEqual(0.0101);
  }
  expect(sketchOf([Number.NaN]).value(0, 0.5)).toBeNull();
});
