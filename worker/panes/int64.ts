const SAFE = 2n ** 53n;

/**
 * int64 values read from the two 32-bit words each is made of, so that a loop over them makes no bigint.
 *
 *   words[2 · row]      low, unsigned in meaning
 *   words[2 · row + 1]  high, signed
 */
export function wordsOf(values: BigInt64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2);
}

/** Whether the value is in [−2^53, 2^53): a float64 holds it and its neighbours. Others are kept as bigint. */
export function isSafeAt(words: Int32Array, row: number): boolean {
  const high = words[row * 2 + 1] as number;
  return high < 0x200000 && high >= -0x200000;
}

/** Whether a float64 holds the value, safe or not. */
export function isFloatAt(words: Int32Array, row: number): boolean {
  const nearest = nearestAt(words, row);
  const high = Math.floor(nearest / 4294967296);
  return high === words[row * 2 + 1] && nearest - high * 4294967296 === (words[row * 2] as number) >>> 0;
}

/** The value as a cell: a number when it is safe, so that equal values are one cell however they came. */
export function cellOf(value: bigint): number | bigint {
  return value < SAFE && value >= -SAFE ? Number(value) : value;
}

/** The float64 nearest to the value: the value itself when it is safe. */
export function nearestAt(words: Int32Array, row: number): number {
  return (words[row * 2 + 1] as number) * 4294967296 + ((words[row * 2] as number) >>> 0);
}
