/**
 * Statistical process control: the chart of individuals.
 *
 * Centre line and limits by NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2 "Individuals Control Charts": centre
 * ± 3 · MR̄ / 1.128 = centre ± 2.66 · MR̄, where MR̄ is the mean of the moving ranges |xᵢ − xᵢ₋₁|. Rules by 6.3.2, "WECO
 * rules for signaling out of control" (Western Electric, 1956), each on one side of the centre:
 *
 *     rule 1   1 point beyond 3σ              ── upper limit ────────●──
 *     rule 2   2 of 3 in a row beyond 2σ      - - - - - - - ●- -●- - - -
 *     rule 3   4 of 5 in a row beyond 1σ      - - - - ● ●● - ● - - - - -
 *     rule 4   8 in a row on one side         ── centre ────────────────
 */
export interface Limits {
  readonly center: number;
  readonly lower: number;
  readonly upper: number;
}

export interface Given {
  readonly center?: number | undefined;
  readonly lower?: number | undefined;
  readonly upper?: number | undefined;
}

export type Rule = 1 | 2 | 3 | 4;

export const RULE_WORDS: Readonly<Record<Rule, string>> = {
  1: 'beyond the limits',
  2: '2 of 3 beyond 2σ',
  3: '4 of 5 beyond 1σ',
  4: '8 on one side of the centre',
};

/** 3 / d₂, and d₂ = 1.128 for ranges of two. */
const PER_RANGE = 2.66;

/** What is not given is computed from the values, NaN left out; null: there are too few to. */
export function limitsOf(values: Iterable<number>, given: Given = {}): Limits | null {
  let count = 0;
  let sum = 0;
  let ranges = 0;
  let before = Number.NaN;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    count++;
    sum += value;
    if (!Number.isNaN(before)) ranges += Math.abs(value - before);
    before = value;
  }
  const center = given.center ?? (count > 0 ? sum / count : Number.NaN);
  const reach = count > 1 ? (PER_RANGE * ranges) / (count - 1) : Number.NaN;
  const lower = given.lower ?? center - reach;
  const upper = given.upper ?? center + reach;
  return [center, lower, upper].some(Number.isNaN) ? null : { center, lower, upper };
}

/**
 * The rule each value breaks, the gravest where it breaks several, 0: none. A value that is not there breaks a run: no
 * more is known of what it was. Those from `judged` on are not judged, nor do they judge others.
 */
export function violations(values: Float64Array, { center, lower, upper }: Limits, judged = values.length): Uint8Array {
  const broken = new Uint8Array(values.length);
  for (const side of [1, -1] as const) {
    const sigma = Math.abs((side > 0 ? upper : lower) - center) / 3;
    // How many σ on this side; less than 0 on the other one.
    const at = (index: number) => {
      const distance = side * ((values[index] ?? Number.NaN) - center);
      return sigma === 0 ? (distance > 0 ? Number.POSITIVE_INFINITY : distance) : distance / sigma;
    };
    let start = 0;
    for (let index = 0; index < judged; index++) {
      if (Number.isNaN(values[index] ?? Number.NaN)) {
        start = index + 1;
        continue;
      }
      const rule = ruleAt(at, index, start);
      const before = broken[index] ?? 0;
      if (rule !== 0 && (before === 0 || rule < before)) broken[index] = rule;
    }
  }
  return broken;
}

function ruleAt(at: (index: number) => number, index: number, start: number): Rule | 0 {
  if (at(index) > 3) return 1;
  const count = (length: number, beyond: number) => {
    let found = 0;
    for (let back = Math.max(start, index - length + 1); back <= index; back++) if (at(back) > beyond) found++;
    return found;
  };
  if (at(index) > 2 && count(3, 2) >= 2) return 2;
  if (at(index) > 1 && count(5, 1) >= 4) return 3;
  return count(8, 0) === 8 ? 4 : 0;
}

/** `2 points beyond the limits`, `8 on one side of the centre`; null: nothing is broken. The gravest rule speaks. */
export function violationWords(broken: Uint8Array): { readonly rule: Rule; readonly words: string } | null {
  const rule = ([1, 2, 3, 4] as const).find((one) => broken.includes(one));
  if (rule === undefined) return null;
  if (rule > 1) return { rule, words: RULE_WORDS[rule] };
  let count = 0;
  for (const one of broken) if (one === 1) count++;
  return { rule, words: `${count} ${count === 1 ? 'point' : 'points'} beyond limits` };
}
