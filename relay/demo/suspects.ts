import type { Random } from './random.ts';

/** Who should be looked at among the shop's visitors. Their ids are beyond those of customers, and rarely come twice. */

/** A thief with a list of stolen cards: when each is tried, from their coming on. */
export function thiefMinutes(random: Random): { readonly user: number; readonly tries: readonly number[] } {
  const user = 900_000 + Math.floor(random.between(0, 10_000));
  return { user, tries: times(random, Math.round(random.between(8, 18)), 5_000) };
}

/** A robot that reads the catalogue, four to nine pages a second for up to a minute. */
export function robotMinute(random: Random): { readonly user: number; readonly steps: readonly number[] } {
  const user = 800_000 + Math.floor(random.between(0, 10_000));
  const perSecond = random.between(4, 9);
  return { user, steps: times(random, Math.round(perSecond * random.between(25, 55)), 1000 / perSecond) };
}

function times(random: Random, count: number, meanApartMs: number): number[] {
  let atMs = 0;
  return Array.from({ length: count }, () => {
    atMs += random.between(0.3, 1.7) * meanApartMs;
    return atMs;
  });
}
