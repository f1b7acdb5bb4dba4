/** What the warehouse has, and how fast it means to be. Weights are relative. */

export type Priority = 'express' | 'same-day' | 'standard';

/** The most urgent first. `slaMinutes`: from order to shipping. */
export const PRIORITIES = [
  { priority: 'express', weight: 15, slaMinutes: 4 },
  { priority: 'same-day', weight: 35, slaMinutes: 5 },
  { priority: 'standard', weight: 50, slaMinutes: 9 },
] as const satisfies readonly { readonly priority: Priority; readonly weight: number; readonly slaMinutes: number }[];

export const ZONES = [
  { zone: 'A', goods: 'shoes' },
  { zone: 'B', goods: 'clothes' },
  { zone: 'C', goods: 'packs' },
  { zone: 'D', goods: 'tents' },
  { zone: 'E', goods: 'stoves' },
  { zone: 'F', goods: 'lamps' },
] as const;

/** Four kinds in each zone. `full`: units on a full shelf. */
export const SKUS = ZONES.flatMap(({ zone, goods }, zoneIndex) =>
  [1, 2, 3, 4].map((number) => ({
    sku: `${goods}-${number}`,
    zone,
    full: 400 + 90 * ((zoneIndex + number * 3) % 5),
    weight: [9, 10, 9, 8, 9, 9][zoneIndex] ?? 9,
  })),
);

export const CONVEYORS = ['north', 'south', 'mezzanine', 'returns'] as const;

export const CARRIERS = [
  { carrier: 'Alpen Cargo', weight: 34 },
  { carrier: 'Nordfracht', weight: 28 },
  { carrier: 'QuickVan', weight: 22 },
  { carrier: 'Transmar', weight: 16 },
] as const;

export const DOORS = Array.from({ length: 12 }, (_, index) => `D${String(index + 1).padStart(2, '0')}`);
