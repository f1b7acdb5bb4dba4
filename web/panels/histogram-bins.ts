/** Buckets of numbers, in their order. */
export interface Bin {
  /** [from, to) in the by-column's unit. */
  readonly from: number;
  readonly to: number;
  readonly value: number;
}

export interface Bins {
  readonly bins: readonly Bin[];
  readonly fromValue: number;
  readonly toValue: number;
  readonly largest: number;
  readonly total: number;
  /** Groups whose key is no number: not drawn. */
  readonly unnumbered: number;
}

/**
 * Keys are where buckets begin, whatever they are multiples of; each is as wide as the least step between two, so that one
 * nobody fell into is a gap. More than `most` are joined, a whole number of them to one; only what can be added is.
 */
export function binsOf(
  rows: readonly { readonly key: string; readonly value: number | null }[],
  most: number,
  additive: boolean,
): Bins | null {
  const numbered = rows
    .filter(({ key }) => key.trim() !== '' && Number.isFinite(Number(key)))
    .map(({ key, value }) => ({ from: Number(key), value: value ?? 0 }))
    .sort((a, b) => a.from - b.from);
  const first = numbered[0];
  const last = numbered.at(-1);
  if (first === undefined || last === undefined) return null;
  const width = leastStep(numbered.map(({ from }) => from));
  const places = Math.round((last.from - first.from) / width) + 1;
  const join = additive ? Math.max(1, Math.ceil(places / most)) : 1;
  const found = join === 1 ? asTheyAre(numbered, width) : joined(numbered, width, join);
  return {
    bins: found,
    fromValue: found[0]?.from ?? 0,
    toValue: found.at(-1)?.to ?? 1,
    largest: Math.max(0, ...found.map(({ value }) => value)),
    total: found.reduce((sum, { value }) => sum + value, 0),
    unnumbered: rows.length - numbered.length,
  };
}

type Numbered = readonly { readonly from: number; readonly value: number }[];

/** Of two keys with one number the values are one. */
function asTheyAre(numbered: Numbered, width: number): Bin[] {
  const bins: { from: number; to: number; value: number }[] = [];
  for (const { from, value } of numbered) {
    const last = bins.at(-1);
    if (last?.from === from) last.value += value;
    else bins.push({ from, to: clean(from + width), value });
  }
  return bins;
}

/** Edges of what is joined are as round as the keys are: multiples, where those are multiples. */
function joined(numbered: Numbered, width: number, join: number): Bin[] {
  const first = numbered[0]?.from ?? 0;
  const phase = clean(first - Math.floor(first / width + 1e-9) * width);
  const bins = new Map<number, number>();
  for (const { from, value } of numbered) {
    const place = Math.floor(Math.round((from - phase) / width) / join);
    bins.set(place, (bins.get(place) ?? 0) + value);
  }
  return [...bins].map(([place, value]) => ({
    from: clean(phase + place * join * width),
    to: clean(phase + (place + 1) * join * width),
    value,
  }));
}

/** Without the last digits that sums of fractions have. */
function clean(value: number): number {
  return Number(value.toPrecision(12));
}

function leastStep(starts: readonly number[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (const [index, start] of starts.entries()) {
    const step = start - (starts[index - 1] ?? Number.NEGATIVE_INFINITY);
    if (step > 0 && step < least) least = step;
  }
  return Number.isFinite(least) ? least : 1;
}

/** Where half lies below, as if values were spread evenly within their bucket; null: there are none. */
export function medianOf({ bins, total }: Bins): number | null {
  if (total <= 0) return null;
  let below = 0;
  for (const { from, to, value } of bins) {
    if (value > 0 && below + value >= total / 2) return from + ((total / 2 - below) / value) * (to - from);
    below += value;
  }
  return null;
}
