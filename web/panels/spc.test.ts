import { expect, test } from 'vitest';
import { limitsOf, violations, violationWords } from './spc.ts';

/** NIST/SEMATECH e-Handbook 6.3.2.2: flow rates of ten batches; UCL 55.8041, centre 50.81, LCL 45.8159. */
const FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1];

test('V44 the limits are those of the handbook', () => {
  const limits = limitsOf(FLOW);
  expect(limits?.center).toBeCloseTo(50.81, 6);
  expect(limits?.upper).toBeCloseTo(55.8041, 2);
  expect(limits?.lower).toBeCloseTo(45.8159, 2);
  expect(limits && [...violations(Float64Array.from(FLOW), limits)]).toEqual(new Array(10).fill(0));
});

test('what is given is kept; what is not there is left out; of one value there is no range', () => {
  expect(limitsOf([1, Number.NaN, 3], { upper: 9 })).toEqual({ center: 2, lower: 2 - 2.66 * 2, upper: 9 });
  expect(limitsOf([], { center: 5, lower: 1, upper: 9 })).toEqual({ center: 5, lower: 1, upper: 9 });
  expect(limitsOf([4])).toBeNull();
  expect(limitsOf([])).toBeNull();
});

/** σ is 1 and the centre 0. */
const LIMITS = { center: 0, lower: -3, upper: 3 };
const broken = (values: number[], judged?: number) => [...violations(Float64Array.from(values), LIMITS, judged)];

test('V44 rule 1: a point beyond the limits, not one on them', () => {
  expect(broken([0, 3.1, 0, -3.1, 3])).toEqual([0, 1, 0, 1, 0]);
});

test('V44 rule 2: two of three beyond 2σ, on the same side', () => {
  expect(broken([2.5, 0, 2.5, 0])).toEqual([0, 0, 2, 0]);
  expect(broken([2.5, 0, 0, 2.5])).toEqual([0, 0, 0, 0]);
  expect(broken([2.5, -2.5, 0.1])).toEqual([0, 0, 0]);
});

test('V44 rule 3: four of five beyond 1σ, on the same side', () => {
  expect(broken([1.5, 1.5, 0, 1.5, 1.5])).toEqual([0, 0, 0, 0, 3]);
  expect(broken([1.5, 1.5, 0, 0, 1.5, 1.5])).toEqual([0, 0, 0, 0, 0, 0]);
  expect(broken([1.5, 1.5, -1.5, 1.5, -1.5])).toEqual([0, 0, 0, 0, 0]);
});

test('V44 rule 4: eight in a row on one side, from the eighth on', () => {
  const run = [0.5, 0.2, 0.7, 0.1, 0.5, 0.2, 0.7, 0.1, 0.3];
  expect(broken(run)).toEqual([0, 0, 0, 0, 0, 0, 0, 4, 4]);
  expect(broken(run.map((value) => -value))).toEqual([0, 0, 0, 0, 0, 0, 0, 4, 4]);
  expect(broken([...run.slice(0, 4), Number.NaN, ...run.slice(4)])).toEqual(new Array(10).fill(0));
});

test('limits need not lie evenly: each side has its own σ', () => {
  const uneven = { center: 0, lower: -30, upper: 3 };
  expect([...violations(Float64Array.from([-5, -5, 2.5, 2.5]), uneven)]).toEqual([0, 0, 0, 2]);
});

test('V44 what is provisional is not judged', () => {
  expect(broken([0, 3.1, 3.1], 2)).toEqual([0, 1, 0]);
});

test('the gravest rule is said, and how many points break the first', () => {
  expect(violationWords(Uint8Array.from([0, 0]))).toBeNull();
  expect(violationWords(Uint8Array.from([0, 4, 1, 1]))).toEqual({ rule: 1, words: '2 points beyond limits' });
  expect(violationWords(Uint8Array.from([1]))?.words).toBe('1 point beyond limits');
  expect(violationWords(Uint8Array.from([0, 4, 3]))?.words).toBe('4 of 5 beyond 1σ');
});
