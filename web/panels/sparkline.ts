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

/** How the newest value stands to the mean of those before it, as a share: 0.06 is 6 % more. Null: nothing to compare. */
export function trend(values: Float64Array): number | null {
  const known = values.filter((value) => !Number.isNaN(value));
  const newest = known.at(-1);
  if (newest === undefined || known.length < 4) return null;
  const before = known.subarray(0, -1);
  const mean = before.reduce((sum, value) => sum + value, 0) / before.length;
  return mean === 0 ? null : newest / mean - 1;
}
