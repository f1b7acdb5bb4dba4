/**
 * Overall equipment effectiveness as ISO 22400-2 has it: OEE index = availability × effectiveness × quality ratio, each
 * from 0 to 1 (effectiveness is called performance here). The factor that costs most is the one that, alone made
 * perfect, would raise it most: the smallest.
 */
export interface Oee {
  readonly key: string;
  readonly availability: number | null;
  readonly performance: number | null;
  readonly quality: number | null;
  /** Null: a factor is missing. */
  readonly oee: number | null;
}

export const FACTORS = ['availability', 'performance', 'quality'] as const;
export type Factor = (typeof FACTORS)[number];

export function oeeOf(key: string, factors: Readonly<Record<Factor, number | null>>): Oee {
  const { availability, performance, quality } = factors;
  const known = availability !== null && performance !== null && quality !== null;
  return { key, ...factors, oee: known ? availability * performance * quality : null };
}

/** Null: nothing is lost, or not known. `withoutIt`: what OEE would be were the factor 1. */
export function costliest(found: Oee): { readonly factor: Factor; readonly withoutIt: number } | null {
  let worst: Factor | null = null;
  for (const factor of FACTORS) {
    const value = found[factor];
    if (value !== null && value < 1 && (worst === null || value < (found[worst] ?? 1))) worst = factor;
  }
  if (worst === null || found.oee === null) return null;
  const others = FACTORS.filter((factor) => factor !== worst);
  return { factor: worst, withoutIt: others.reduce((product, factor) => product * (found[factor] ?? 0), 1) };
}
