/** Index of the first element that passes, when all after it do. */
export function bisect<T>(all: readonly T[], passes: (one: T) => boolean): number {
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(all[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}
