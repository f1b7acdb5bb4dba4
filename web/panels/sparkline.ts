/**
 * The line and the area of a sparkline in a 100 × 100 box, oldest left; NaN breaks the line. It shows the shape, not
 * the size: from a little under the least to the most. Null: too little to draw.
 */
export function sparkPaths(values: Float64Array): { line: string; area: string } | null {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let known = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    known++;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (known < 3 || max === min) return null;
  min -= (max - min) * 0.25;
  let line = '';
  let area = '';
  let startX = '';
  let lastX = '';
  const close = () => {
    if (startX !== '') area += `L${lastX} 100L${startX} 100Z`;
    startX = '';
  };
  for (const [index, value] of values.entries()) {
    if (Number.isNaN(value)) {
      close();
      continue;
    }
    const x = ((index / (values.length - 1)) * 100).toFixed(2);
    const y = (100 - ((value - min) / (max - min)) * 100).toFixed(2);
    const step = `${startX === '' ? 'M' : 'L'}${x} ${y}`;
    if (startX === '') startX = x;
    lastX = x;
    line += step;
    area += step;
  }
  close();
  return { line, area };
}

/** At most `most` values, each the mean of a run of the given ones; NaN where a run has none. */
export function condense(values: Float64Array, most: number): Float64Array {
  const run = Math.ceil(values.length / most);
  if (run <= 1) return values;
  // Runs end at the newest value, so that the last one is whole.
  const count = Math.floor(values.length / run);
  const skip = values.length - count * run;
  return Float64Array.from({ length: count }, (_, at) => mean(values.subarray(skip + at * run, skip + (at + 1) * run)));
}

function mean(values: Float64Array): number {
  let sum = 0;
  let known = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    known++;
  }
  return known === 0 ? Number.NaN : sum / known;
}
