/**
 * XXH64 with seed 0 (Collet, "xxHash fast digest algorithm") of a value's bytes, in 32-bit words so that no bigint is
 * made. Equal values have equal hashes, whatever column they came in:
 *
 *   integers of the int64 range, also as float64   8 bytes, int64 little-endian (−0 is 0)
 *   other numbers                                  8 bytes, float64 little-endian (one NaN)
 *   texts                                          their UTF-8
 *
 * The hash goes to `into`: [high word, low word].
 */
export const HASH_NAME = 'xxh64';

const P1 = [0x9e3779b1, 0x85ebca87] as const;
const P2 = [0xc2b2ae3d, 0x27d4eb4f] as const;
const P3 = [0x165667b1, 0x9e3779f9] as const;
const P4 = [0x85ebca77, 0xc2b2ae63] as const;
const P5 = [0x27d4eb2f, 0x165667c5] as const;
type Constant = readonly [high: number, low: number];

/** The 64-bit number that the functions at the end change. */
let high = 0;
let low = 0;

const float = new Float64Array(1);
const floatWords = new Int32Array(float.buffer);
const encoder = new TextEncoder();
let bytes = new Uint8Array(256);
let view = new DataView(bytes.buffer);
const lanes = new Int32Array(8);

export function hashNumber(value: number, into: Int32Array): void {
  if (Number.isInteger(value) && value < 2 ** 63 && value >= -(2 ** 63)) {
    const upper = Math.floor(value / 4294967296);
    hashWords(upper, value - upper * 4294967296, into);
    return;
  }
  float[0] = Number.isNaN(value) ? Number.NaN : value;
  hashWords(floatWords[1] as number, floatWords[0] as number, into);
}

export function hashBigint(value: bigint, into: Int32Array): void {
  hashWords(Number(BigInt.asIntN(32, value >> 32n)), Number(BigInt.asIntN(32, value)), into);
}

/** Hashes eight bytes, as two little-endian words. */
export function hashWords(upper: number, lower: number, into: Int32Array): void {
  set(P5);
  plus(0, 8);
  take8(upper, lower);
  finish(into);
}

export function hashText(text: string, into: Int32Array): void {
  const length = encode(text);
  let at = 0;
  if (length >= 32) at = takeStripes(length);
  else set(P5);
  plus(0, length);
  for (; at + 8 <= length; at += 8) take8(view.getInt32(at + 4, true), view.getInt32(at, true));
  if (at + 4 <= length) {
    take(0, view.getInt32(at, true), P1, 23, P2);
    plus(P3[0], P3[1]);
    at += 4;
  }
  for (; at < length; at++) take(0, bytes[at] as number, P5, 11, P1);
  finish(into);
}

/** Puts the text's UTF-8 into `bytes`; returns its length. */
function encode(text: string): number {
  if (text.length * 3 > bytes.length) {
    bytes = new Uint8Array(text.length * 6);
    view = new DataView(bytes.buffer);
  }
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x80) return encoder.encodeInto(text, bytes).written;
    bytes[at] = unit;
  }
  return text.length;
}

/** Takes all whole stripes of 32 bytes in four lanes and joins these; returns where the rest begins. */
function takeStripes(length: number): number {
  set(P1);
  plus(P2[0], P2[1]);
  keep(0);
  set(P2);
  keep(1);
  lanes[4] = 0;
  lanes[5] = 0;
  lanes[6] = ~P1[0];
  lanes[7] = -P1[1];
  let at = 0;
  for (; at + 32 <= length; at += 32)
    for (let lane = 0; lane < 4; lane++) {
      high = view.getInt32(at + lane * 8 + 4, true);
      low = view.getInt32(at + lane * 8, true);
      times(P2);
      plus(lanes[lane * 2] as number, lanes[lane * 2 + 1] as number);
      rotate(31);
      times(P1);
      keep(lane);
    }
  let sumHigh = 0;
  let sumLow = 0;
  for (let lane = 0; lane < 4; lane++) {
    high = lanes[lane * 2] as number;
    low = lanes[lane * 2 + 1] as number;
    rotate(lane === 0 ? 1 : lane === 1 ? 7 : lane === 2 ? 12 : 18);
    plus(sumHigh, sumLow);
    sumHigh = high;
    sumLow = low;
  }
  for (let lane = 0; lane < 4; lane++) {
    const upper = lanes[lane * 2] as number;
    const lower = lanes[lane * 2 + 1] as number;
    scramble(upper, lower);
    times(P1);
    plus(P4[0], P4[1]);
  }
  return at;
}

/** number = rotate(number ^ scrambled word, 27) · P1 + P4 */
function take8(upper: number, lower: number): void {
  scramble(upper, lower);
  rotate(27);
  times(P1);
  plus(P4[0], P4[1]);
}

/** number ^= rotate(word · P2, 31) · P1 */
function scramble(upper: number, lower: number): void {
  const beforeHigh = high;
  const beforeLow = low;
  high = upper;
  low = lower;
  times(P2);
  rotate(31);
  times(P1);
  high ^= beforeHigh;
  low ^= beforeLow;
}

/** number = rotate(number ^ word · by, bits) · then */
function take(upper: number, lower: number, by: Constant, bits: number, then: Constant): void {
  const beforeHigh = high;
  const beforeLow = low;
  high = upper;
  low = lower;
  times(by);
  high ^= beforeHigh;
  low ^= beforeLow;
  rotate(bits);
  times(then);
}

function finish(into: Int32Array): void {
  low ^= high >>> 1;
  times(P2);
  low ^= (low >>> 29) | (high << 3);
  high ^= high >>> 29;
  times(P3);
  into[0] = high;
  into[1] = low ^ high;
}

function set(constant: Constant): void {
  high = constant[0] | 0;
  low = constant[1] | 0;
}

function keep(lane: number): void {
  lanes[lane * 2] = high;
  lanes[lane * 2 + 1] = low;
}

function plus(upper: number, lower: number): void {
  const sum = (low >>> 0) + (lower >>> 0);
  high = (high + upper + (sum > 0xffffffff ? 1 : 0)) | 0;
  low = sum | 0;
}

/** Rotates left, by 1 to 31 bits. */
function rotate(bits: number): void {
  const upper = (high << bits) | (low >>> (32 - bits));
  low = (low << bits) | (high >>> (32 - bits));
  high = upper;
}

/** The low 64 bits of the product. */
function times(by: Constant): void {
  const upper = by[0];
  const lower = by[1];
  const a0 = low & 0xffff;
  const a1 = low >>> 16;
  const b0 = lower & 0xffff;
  const b1 = lower >>> 16;
  const inner = Math.imul(a1, b0) >>> 0;
  const outer = Math.imul(a0, b1) >>> 0;
  const middle = ((Math.imul(a0, b0) >>> 16) + (inner & 0xffff) + (outer & 0xffff)) >>> 16;
  const carried = Math.imul(a1, b1) + (inner >>> 16) + (outer >>> 16) + middle;
  high = (carried + Math.imul(high, lower) + Math.imul(low, upper)) | 0;
  low = Math.imul(low, lower);
}
