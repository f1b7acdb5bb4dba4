import { type Sample, SERIES, type Series, slopeOf, valuesOf, warmUpMs } from './sample.ts';

/**
 * A soak as a picture: one small plot per figure, time to the right, each from 0 to its own top; the warm-up is shaded.
 * Light or dark as the reader's system is.
 */
const COLUMNS = 3;
const WIDTH = 320;
const HEIGHT = 120;
const GAP = 28;
const TOP = 44;

const STYLE = `
  svg { background: #ffffff; font: 12px system-ui, sans-serif; }
  text { fill: #24292f; } .quiet { fill: #57606a; } .axis { stroke: #8c959f; }
  .warm { fill: #57606a; opacity: 0.12; } .line { fill: none; stroke: #0b62c4; stroke-width: 1.5; stroke-linejoin: round; }
  @media (prefers-color-scheme: dark) {
    svg { background: #0d1117; } text { fill: #e6edf3; } .quiet { fill: #9198a1; } .axis { stroke: #656c76; }
    .warm { fill: #9198a1; } .line { stroke: #58a6ff; }
  }`;

export function plot(samples: readonly Sample[], title: string): string {
  const rows = Math.ceil(SERIES.length / COLUMNS);
  const width = COLUMNS * (WIDTH + GAP) + GAP;
  const height = rows * (HEIGHT + GAP + 30) + TOP + GAP;
  const panels = SERIES.map((series, index) => {
    const x = GAP + (index % COLUMNS) * (WIDTH + GAP);
    const y = TOP + 24 + Math.floor(index / COLUMNS) * (HEIGHT + GAP + 30);
    return `<g transform="translate(${x} ${y})">${panel(samples, series)}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
<style>${STYLE}
</style>
<rect width="100%" height="100%" fill="none"/>
<text x="${GAP}" y="28" font-size="15">${title}</text>
${panels.join('\n')}
</svg>
`;
}

function panel(samples: readonly Sample[], series: Series): string {
  const points = valuesOf(samples, series);
  const lastMs = samples.at(-1)?.atMs || 1;
  const top = niceTop(points.reduce((most, { value }) => Math.max(most, value), 0));
  const x = (atMs: number) => ((atMs / lastMs) * WIDTH).toFixed(1);
  const y = (value: number) => (HEIGHT - (value / top) * HEIGHT).toFixed(1);
  const line = points.map(({ atMs, value }) => `${x(atMs)},${y(value)}`).join(' ');
  const slope = slopeOf(samples, series);
  const told = slope === null ? '' : `${signed(slope.perHour)} ${series.unit} per hour`;
  return [
    `<text y="-8">${series.name}</text>`,
    `<text class="quiet" x="${WIDTH}" y="-8" text-anchor="end">${told}</text>`,
    `<rect class="warm" width="${x(warmUpMs(samples))}" height="${HEIGHT}"/>`,
    `<polyline class="line" points="${line}"/>`,
    `<path class="axis" fill="none" d="M0 0V${HEIGHT}H${WIDTH}"/>`,
    `<text class="quiet" x="4" y="12" font-size="10">${top} ${series.unit}</text>`,
    `<text class="quiet" x="${WIDTH}" y="${HEIGHT + 14}" font-size="10" text-anchor="end">${Math.round(lastMs / 60_000)} min</text>`,
  ].join('');
}

function signed(value: number): string {
  const text = Number(value.toPrecision(2)).toString();
  return value > 0 ? `+${text}` : text.replace('-', '−');
}

/** 1, 2 or 5 of the power of ten that is enough. */
function niceTop(most: number): number {
  if (most <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((step) => step * power).find((top) => top >= most) ?? 10 * power;
}
