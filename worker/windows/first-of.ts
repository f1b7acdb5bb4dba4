/** The first `top` of 0 … count − 1 in an order, without putting the others in order too. */
export function firstOf(count: number, top: number, compare: (left: number, right: number) => number): number[] {
  const first: number[] = [];
  for (let one = 0; one < count; one++) {
    const last = first.at(-1);
    if (first.length >= top && (last === undefined || compare(one, last) >= 0)) continue;
    let low = 0;
    let high = first.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(one, first[middle] as number) < 0) high = middle;
      else low = middle + 1;
    }
    first.splice(low, 0, one);
    if (first.length > top) first.pop();
  }
  return first;
}
