/** The greatest whole number that divides both; of 0 and another, the other. */
export function greatestDivisor(left: number, right: number): number {
  let a = Math.abs(left);
  let b = Math.abs(right);
  while (b > 0) [a, b] = [b, a % b];
  return a;
}

/** The rest of a division, in [0, by) for negative values too. */
export function floorMod(value: number, by: number): number {
  const rest = value % by;
  return rest < 0 ? rest + by : rest + 0;
}
