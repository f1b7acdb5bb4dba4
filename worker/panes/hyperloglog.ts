import { hashBigint, hashNumber, hashText, hashWords } from './hash.ts';

const INDEX_BITS = 14;
const REGISTERS = 2 ** INDEX_BITS;
/** Hash bits that are left for the rank; the largest rank is one more. */
const RANK_BITS = 64 - INDEX_BITS;
const ALPHA = 1 / (2 * Math.LN2);

/** What estimates keep to: three standard errors, 3 · 1.04 / √registers. */
export const DISTINCT_ERROR = (3 * 1.04) / Math.sqrt(REGISTERS);

const words = new Int32Array(2);

/**
 * HyperLogLog (Flajolet et al. 2007) with 2^14 registers of one byte, over a 64-bit hash (see hash.ts): the hash's first
 * 14 bits choose a register, which holds the largest rank seen there, the rank being the place of the first 1 in the
 * other 50 bits, from 1 (51 when there is none). Merging is the greater of two registers.
 * The estimator is Ertl's improved raw estimator ("New cardinality estimation algorithms for HyperLogLog sketches",
 * arXiv:1702.01284, algorithm 6), which needs no correction table and holds from 0 on.
 *
 * A value's *place* is register · 64 + rank.
 */
export class HyperLogLog {
  readonly #registers: Uint8Array = new Uint8Array(REGISTERS);
  /** Null: a register has changed since. */
  #estimate: number | null = null;

  static readonly bytes = REGISTERS + 64;

  add(place: number): void {
    const register = place >>> 6;
    const rank = place & 63;
    if (rank <= (this.#registers[register] as number)) return;
    this.#registers[register] = rank;
    this.#estimate = null;
  }

  merge(other: HyperLogLog): void {
    const registers = this.#registers;
    const others = other.#registers;
    for (let register = 0; register < REGISTERS; register++) {
      const rank = others[register] as number;
      if (rank > (registers[register] as number)) registers[register] = rank;
    }
    this.#estimate = null;
  }

  estimate(): number {
    this.#estimate ??= estimateOf(this.#registers);
    return this.#estimate;
  }
}

export function placeOfNumber(value: number): number {
  hashNumber(value, words);
  return placeOfHash();
}

/** Of an int64 by its words. */
export function placeOfWords(upper: number, lower: number): number {
  hashWords(upper, lower, words);
  return placeOfHash();
}

export function placeOf(value: string | bigint): number {
  if (typeof value === 'string') hashText(value, words);
  else hashBigint(value, words);
  return placeOfHash();
}

function placeOfHash(): number {
  const high = words[0] as number;
  const low = words[1] as number;
  const upper = Math.clz32((high << INDEX_BITS) | (low >>> (32 - INDEX_BITS)));
  const zeros = upper < 32 ? upper : 32 + Math.clz32(low << INDEX_BITS);
  return (high >>> (32 - INDEX_BITS)) * 64 + Math.min(zeros, RANK_BITS) + 1;
}

function estimateOf(registers: Uint8Array): number {
  const counts = new Float64Array(RANK_BITS + 2);
  for (const rank of registers) counts[rank] = (counts[rank] as number) + 1;
  let sum = REGISTERS * tau(1 - (counts[RANK_BITS + 1] as number) / REGISTERS);
  for (let rank = RANK_BITS; rank >= 1; rank--) sum = 0.5 * (sum + (counts[rank] as number));
  sum += REGISTERS * sigma((counts[0] as number) / REGISTERS);
  return (ALPHA * REGISTERS * REGISTERS) / sum;
}

/** x + Σ x^(2^k) · 2^(k−1) over k ≥ 1: what registers that are still 0 stand for. */
function sigma(x: number): number {
  if (x === 1) return Number.POSITIVE_INFINITY;
  let power = x;
  let weight = 1;
  let sum = x;
  for (let before = -1; before !== sum; weight *= 2) {
    power *= power;
    before = sum;
    sum += power * weight;
  }
  return sum;
}

/** (1 − x − Σ (1 − x^(2^−k))² · 2^−k over k ≥ 1) / 3: what registers at the largest rank stand for. */
function tau(x: number): number {
  if (x === 0 || x === 1) return 0;
  let root = x;
  let weight = 1;
  let sum = 1 - x;
  for (let before = -1; before !== sum; ) {
    root = Math.sqrt(root);
    before = sum;
    weight *= 0.5;
    sum -= (1 - root) ** 2 * weight;
  }
  return sum / 3;
}
