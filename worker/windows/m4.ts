/** What a picture keeps of a line: x, and per series as many values. */
export interface Reduced {
  readonly xs: Float64Array;
  readonly series: readonly Float64Array[];
  readonly revised: Uint8Array;
}

/**
 * M4: at most four points per pixel column, drawn as the whole line would be. Per column and series the first, the two
 * extremes in their order, and the last; all series share x, so an extreme may stand elsewhere within its own pixel. The
 * newest window is kept apart, for what it has so far is no value of a whole window, and no extreme of any. (V3)
 *
 *     column 1            …  column n                newest
 *     first low high last …  first high low last     so far
 */
export function reduceM4(
  xs: Float64Array,
  series: readonly Float64Array[],
  revised: Uint8Array,
  widthPx: number,
): Reduced {
  const count = xs.length - 1;
  const columns = Math.max(1, Math.floor(widthPx));
  const points = columns * 4;
  if (count <= points) return { xs, series, revised };
  const out = new Float64Array(points + 1);
  const outSeries = series.map(() => new Float64Array(points + 1));
  const outRevised = new Uint8Array(points + 1);
  for (let column = 0; column < columns; column++) {
    const start = Math.floor((column * count) / columns);
    const end = Math.floor(((column + 1) * count) / columns);
    const to = column * 4;
    const third = (end - 1 - start) / 3;
    out[to] = xs[start] ?? 0;
    out[to + 1] = xs[start + Math.max(1, Math.floor(third))] ?? 0;
    out[to + 2] = xs[start + Math.max(2, Math.floor(third * 2))] ?? 0;
    out[to + 3] = xs[end - 1] ?? 0;
    for (const [index, values] of series.entries()) fourOf(values, start, end, outSeries[index] as Float64Array, to);
    for (let at = start; at < end; at++) if (revised[at]) outRevised.fill(1, to, to + 4);
  }
  out[points] = xs[count] ?? 0;
  for (const [index, values] of series.entries())
    (outSeries[index] as Float64Array)[points] = values[count] ?? Number.NaN;
  outRevised[points] = revised[count] ?? 0;
  return { xs: out, series: outSeries, revised: outRevised };
}

function fourOf(values: Float64Array, start: number, end: number, out: Float64Array, to: number): void {
  let low = -1;
  let high = -1;
  for (let at = start; at < end; at++) {
    const value = values[at] as number;
    if (Number.isNaN(value)) continue;
    if (low < 0 || value < (values[low] as number)) low = at;
    if (high < 0 || value > (values[high] as number)) high = at;
  }
  out[to] = values[start] ?? Number.NaN;
  out[to + 3] = values[end - 1] ?? Number.NaN;
  out[to + 1] = values[Math.min(low, high)] ?? Number.NaN;
  out[to + 2] = values[Math.max(low, high)] ?? Number.NaN;
}
