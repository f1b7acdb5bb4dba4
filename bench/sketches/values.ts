import { seededRandom } from '../page/random.ts';

/** Streams of values that sketches are measured over; the same seed gives the same values on every machine. */
export const DISTRIBUTIONS: Readonly<Record<string, (n: number, random: () => number) => () => number>> = {
  /** Integers in 1…n, each equally likely. */
  uniform: (n, random) => () => 1 + Math.floor(random() * n),
  /** Rank r of 10 M has a share of r^−s. */
  'Zipf 1.1': (_, random) => zipf(1.1, 10_000_000, random),
  'Zipf 1.5': (_, random) => zipf(1.5, 10_000_000, random),
  /** Prices in cents around 20, σ = 1.5: spread over seven powers of ten. */
  lognormal: (_, random) => () => Math.round(Math.exp(3 + 1.5 * normal(random)) * 100) / 100,
  '100 values': (_, random) => () => 0.5 + Math.floor(random() * 100),
  constant: () => () => 42.5,
  /** Half of all are different; from the middle on the others are one of 20, each equally likely. */
  'late favourites': (n, random) => {
    let count = 0;
    return () => (count++ % 2 === 0 || count < n / 2 ? 1e6 + count * 7 : 1 + Math.floor(random() * 20));
  },
  'all different': (_, random) => {
    const base = Math.floor(random() * 1e9);
    let count = 0;
    return () => base + count++ * 7;
  },
};

export function drawValues(distribution: string, n: number, seed: number): Float64Array {
  const make = DISTRIBUTIONS[distribution];
  if (!make) throw new RangeError(`no distribution "${distribution}"`);
  const draw = make(n, seededRandom(seed));
  const values = new Float64Array(n);
  for (let at = 0; at < n; at++) values[at] = draw();
  return values;
}

/** A standard normal value, by Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * Draws from a Zipf law over 1…size by rejection-inversion (Hörmann and Derflinger 1996): the integral H of x^−s is
 * inverted at a random height, and the nearest integer is taken unless the point lies beside its bar.
 */
function zipf(s: number, size: number, random: () => number): () => number {
  const integral = (x: number) => (x ** (1 - s) - 1) / (1 - s);
  const inverse = (height: number) => (1 + height * (1 - s)) ** (1 / (1 - s));
  const lowest = integral(1.5) - 1;
  const highest = integral(size + 0.5);
  const sure = 2 - inverse(integral(2.5) - 2 ** -s);
  return () => {
    for (;;) {
      const height = highest + random() * (lowest - highest);
      const x = inverse(height);
      const nearest = Math.min(size, Math.max(1, Math.round(x)));
      if (nearest - x <= sure || height >= integral(nearest + 0.5) - nearest ** -s) return nearest;
    }
  };
}
