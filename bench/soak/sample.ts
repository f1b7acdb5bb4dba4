/** One look at everything, every ten seconds. Sizes in bytes, times in ms; null: it could not be seen. */
export interface Sample {
  /** Since the first event was drawn. */
  readonly atMs: number;
  readonly wasmHeapBytes: number;
  /** JavaScript objects and the buffers they own. */
  readonly pageHeapBytes: number;
  readonly workerHeapBytes: number;
  /** Of windows, by the engine's own estimate; left out by soaks from before it was told. */
  readonly paneBytes?: number;
  /** Elements and texts, and listeners, of all the page's documents, those not let go of among them; left out by earlier soaks. */
  readonly domNodes?: number;
  readonly listeners?: number;
  /** Memory of all processes of the browser, what they share counted once. */
  readonly browserPssBytes: number | null;
  readonly relayRssBytes: number | null;
  /** What the browser's storage of this origin holds. */
  readonly opfsBytes: number;
  readonly journalBytes: number;
  readonly logBytes: number;
  readonly rows: number;
  readonly eventsPerSecond: number;
  /** Between animation frames. */
  readonly frameP50Ms: number;
  readonly frameP99Ms: number;
  /** Of animation frames, those later than 50 ms: between 0 and 1. */
  readonly lateFrames: number;
  /** Told by the tab: gaps and resets, and how often its engine was built anew. */
  readonly losses: number;
  readonly restarts: number;
  /** Events whose numbers lie between the oldest and newest kept, and that are not there; null: not counted this time. */
  readonly missing: number | null;
}

export interface Soak {
  /** What was on the screen; left out: the shop board. */
  readonly shown?: string;
  readonly command: string;
  readonly date: string;
  readonly machine: string;
  readonly commit: string;
  readonly minutes: number;
  readonly eventsPerSecond: number;
  readonly retention: string;
  /** What all of it amounts to. */
  readonly events: number;
  readonly logTurnedOver: number;
  readonly samples: readonly Sample[];
}

/** The figures a soak is judged by, as they are named and shown. */
export const SERIES = [
  { key: 'wasmHeapBytes', name: 'WebAssembly heap', unit: 'MB' },
  { key: 'workerHeapBytes', name: 'JavaScript heap, workers', unit: 'MB' },
  { key: 'pageHeapBytes', name: 'JavaScript heap, page', unit: 'MB' },
  { key: 'domNodes', name: 'DOM nodes', unit: 'k' },
  { key: 'listeners', name: 'event listeners', unit: 'k' },
  { key: 'paneBytes', name: 'panes, by estimate', unit: 'MB' },
  { key: 'browserPssBytes', name: 'browser, all processes', unit: 'MB' },
  { key: 'relayRssBytes', name: 'relay, resident', unit: 'MB' },
  { key: 'opfsBytes', name: 'browser storage (OPFS)', unit: 'MB' },
  { key: 'logBytes', name: 'relay log on disk', unit: 'MB' },
  { key: 'rows', name: 'rows kept in the tab', unit: 'k' },
  { key: 'eventsPerSecond', name: 'events', unit: '/s' },
  { key: 'frameP50Ms', name: 'between frames, p50', unit: 'ms' },
  { key: 'frameP99Ms', name: 'between frames, p99', unit: 'ms' },
  { key: 'lateFrames', name: 'frames over 50 ms', unit: '%' },
] as const satisfies readonly { readonly key: keyof Sample; readonly name: string; readonly unit: string }[];
export type Series = (typeof SERIES)[number];

const SCALES: Readonly<Record<Series['unit'], number>> = { MB: 1e-6, k: 1e-3, '/s': 1, ms: 1, '%': 100 };

/** The values of a series in its unit, with their times; those not seen left out. */
export function valuesOf(samples: readonly Sample[], { key, unit }: Series): { atMs: number; value: number }[] {
  return samples.flatMap((sample) => {
    const value = sample[key];
    return value === null || value === undefined ? [] : [{ atMs: sample.atMs, value: value * SCALES[unit] }];
  });
}

/** A run's first sixth, at most ten minutes, is warm-up: tables and logs fill. */
export function warmUpMs(samples: readonly Sample[]): number {
  return Math.min(600_000, (samples.at(-1)?.atMs ?? 0) / 6);
}

/** Of the mean: what is left of a constant by rounding. */
const NOTHING = 1e-9;

export interface Slope {
  readonly mean: number;
  readonly least: number;
  readonly most: number;
  /** By least squares, after the warm-up. */
  readonly perHour: number;
}

export function slopeOf(samples: readonly Sample[], series: Series): Slope | null {
  const points = valuesOf(samples, series).filter(({ atMs }) => atMs >= warmUpMs(samples));
  if (points.length < 2) return null;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const hours = points.map(({ atMs }) => atMs / 3_600_000);
  const values = points.map(({ value }) => value);
  const [meanHour, meanValue] = [mean(hours), mean(values)];
  const spread = hours.reduce((sum, hour) => sum + (hour - meanHour) ** 2, 0);
  const together = points.reduce((sum, { value }, at) => sum + ((hours[at] ?? 0) - meanHour) * (value - meanValue), 0);
  return {
    mean: meanValue,
    least: Math.min(...values),
    most: Math.max(...values),
    perHour: spread === 0 || Math.abs(together / spread) < Math.abs(meanValue) * NOTHING ? 0 : together / spread,
  };
}
