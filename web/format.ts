/**
 * Numbers and times as people read them. Units are Grafana's ids (a subset); an unknown id is shown as a suffix, so a
 * unit nobody foresaw still says what it is.
 */

/** A number ready to be set in two sizes: `$48.2` and `k`, `3.82` and `%`. `text` is the two as one. */
export interface Formatted {
  readonly value: string;
  /** Scale and unit after the number, without a space; may be empty. */
  readonly suffix: string;
  readonly text: string;
}

export interface FormatOptions {
  readonly unit?: string | undefined;
  readonly decimals?: number | undefined;
  /** BCP 47; left out: the browser's. */
  readonly locale?: string | undefined;
}

interface Unit {
  readonly prefix?: string;
  readonly suffix?: string;
  /** Multiplies the raw number first. */
  readonly factor?: number;
  /** Steps a number climbs through: its divisor and suffix. Left out: k, M, B, T above 10,000. */
  readonly steps?: readonly (readonly [number, string])[];
  /** Set tight against the number: `912/s`; others get a thin gap. */
  readonly tight?: boolean;
}

const SHORT: readonly (readonly [number, string])[] = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'k'],
];
const binary = (base: string) =>
  [
    [1024 ** 4, `Ti${base}`],
    [1024 ** 3, `Gi${base}`],
    [1024 ** 2, `Mi${base}`],
    [1024, `Ki${base}`],
    [1, base],
  ] as const;
const decimal = (base: string) =>
  [
    [1e12, `T${base}`],
    [1e9, `G${base}`],
    [1e6, `M${base}`],
    [1e3, `k${base}`],
    [1, base],
  ] as const;
const TIME: readonly (readonly [number, string])[] = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
  [1e-3, 'ms'],
  [1e-6, 'µs'],
];
const perSecond: Unit = { suffix: '/s', tight: true };
const perMinute: Unit = { suffix: '/min', tight: true };

const UNITS: Readonly<Record<string, Unit>> = {
  none: { steps: [] },
  short: {},
  percent: { suffix: '%', steps: [] },
  percentunit: { suffix: '%', factor: 100, steps: [] },
  currencyUSD: { prefix: '$' },
  currencyEUR: { prefix: '€' },
  currencyGBP: { prefix: '£' },
  currencyJPY: { prefix: '¥' },
  bytes: { steps: binary('B') },
  decbytes: { steps: decimal('B') },
  bits: { steps: decimal('b') },
  Bps: { steps: decimal('B/s') },
  µs: { factor: 1e-6, steps: TIME },
  ms: { factor: 1e-3, steps: TIME },
  s: { steps: TIME },
  m: { factor: 60, steps: TIME },
  h: { factor: 3600, steps: TIME },
  cps: perSecond,
  eps: perSecond,
  ops: perSecond,
  reqps: perSecond,
  rps: perSecond,
  wps: perSecond,
  cpm: perMinute,
  opm: perMinute,
  rpm: perMinute,
  celsius: { suffix: '°C', steps: [] },
  fahrenheit: { suffix: '°F', steps: [] },
  kelvin: { suffix: 'K', steps: [] },
  humidity: { suffix: '%', steps: [] },
  watt: { steps: decimal('W') },
  kwatt: { factor: 1e3, steps: decimal('W') },
  watth: { steps: decimal('Wh') },
  kwatth: { factor: 1e3, steps: decimal('Wh') },
  volt: { steps: [], suffix: 'V' },
  amp: { steps: [], suffix: 'A' },
  ohm: { steps: [], suffix: 'Ω' },
  dB: { steps: [], suffix: 'dB' },
  rotrpm: { steps: [], suffix: 'rpm' },
  rothz: { steps: [], suffix: 'Hz' },
  flowlpm: { steps: [], suffix: 'L/min' },
  massg: { steps: decimal('g') },
  masskg: { factor: 1e3, steps: decimal('g') },
  lengthmm: { steps: [], suffix: 'mm' },
  lengthm: { steps: [], suffix: 'm' },
  pressurebar: { steps: [], suffix: 'bar' },
  pressurembar: { steps: [], suffix: 'mbar' },
  pressurekpa: { steps: [], suffix: 'kPa' },
  ppm: { steps: [], suffix: 'ppm' },
};

const formats = new Map<string, Intl.NumberFormat>();

function numberFormat(locale: string | undefined, minimum: number, maximum: number): Intl.NumberFormat {
  const key = `${locale ?? ''}/${minimum}/${maximum}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, { minimumFractionDigits: minimum, maximumFractionDigits: maximum });
    formats.set(key, format);
  }
  return format;
}

/** Formats a value of a unit; null and NaN are an em dash, which is not 0. */
export function formatValue(raw: number | null | undefined, options: FormatOptions = {}): Formatted {
  if (raw === null || raw === undefined || !Number.isFinite(raw)) return { value: '—', suffix: '', text: '—' };
  const id = options.unit ?? 'short';
  const unit: Unit = UNITS[id] ?? { suffix: id };
  const scaled = raw * (unit.factor ?? 1);
  const step = stepFor(Math.abs(scaled), unit);
  const shown = step ? scaled / step[0] : scaled;
  const decimals = options.decimals ?? defaultDecimals(shown, step !== null, unit);
  const fixed = options.decimals !== undefined || (unit.steps?.length === 0 && unit.suffix === '%');
  const digits = numberFormat(options.locale, fixed || unit.prefix ? decimals : 0, decimals).format(Math.abs(shown));
  const negative = shown < 0 && /[1-9]/.test(digits);
  const value = `${negative ? '−' : ''}${unit.prefix ?? ''}${digits}`;
  const scale = step?.[1] ?? '';
  const suffix = `${scale}${unit.suffix ?? ''}`;
  const isScaleOnly = unit.suffix === undefined && unit.steps === undefined;
  const gap = suffix === '' || isScaleOnly || unit.tight ? '' : ' ';
  return { value, suffix, text: `${value}${gap}${suffix}` };
}

/** The axis's text: as short as the step between ticks allows, so neighbours never read the same. */
export function formatTick(raw: number, step: number, options: FormatOptions = {}): string {
  const unit: Unit = UNITS[options.unit ?? 'short'] ?? {};
  const scaled = Math.abs(raw * (unit.factor ?? 1));
  const divisor = stepFor(scaled, unit, 1000)?.[0] ?? 1;
  const shownStep = (step * (unit.factor ?? 1)) / divisor;
  const decimals = decimalsOf(shownStep);
  const scale = stepFor(scaled, unit, 1000)?.[1] ?? '';
  const digits = numberFormat(options.locale, 0, decimals).format(Math.abs((raw * (unit.factor ?? 1)) / divisor));
  if (raw === 0 && unit.suffix !== '%') return digits;
  const gap = scale !== '' && unit.steps !== undefined ? ' ' : '';
  const suffix = unit.suffix === undefined ? '' : `${unit.tight ? '' : ' '}${unit.suffix}`;
  return `${raw < 0 ? '−' : ''}${unit.prefix ?? ''}${digits}${gap}${scale}${suffix}`;
}

function stepFor(scaled: number, unit: Unit, shortFrom = 10_000): readonly [number, string] | null {
  if (unit.steps) {
    if (unit.steps.length === 0) return null;
    const fit = unit.steps.find(([size]) => scaled >= size * 0.9995);
    return fit ?? unit.steps.at(scaled === 0 ? unitBase(unit) : -1) ?? null;
  }
  if (scaled < shortFrom * 0.9995) return null;
  return SHORT.find(([size]) => scaled >= size * 0.9995) ?? null;
}

/** Zero of a unit is said in the unit itself: 0 ms, not 0 µs. */
function unitBase(unit: Unit): number {
  const factor = unit.factor ?? 1;
  const found = unit.steps?.findIndex(([size]) => size === factor) ?? -1;
  return found >= 0 ? found : (unit.steps?.findIndex(([size]) => size === 1) ?? -1);
}

/** Decimals it takes to write a step exactly: 0.25 needs two. */
function decimalsOf(step: number): number {
  for (let decimals = 0; decimals < 6; decimals++) {
    const whole = step * 10 ** decimals;
    if (Math.abs(whole - Math.round(whole)) < 1e-6 * whole) return decimals;
  }
  return 6;
}

function defaultDecimals(shown: number, stepped: boolean, unit: Unit): number {
  const size = Math.abs(shown);
  if (unit.prefix && !stepped) return size >= 1000 || Number.isInteger(shown) ? 0 : 2;
  if (unit.suffix === '%') return size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  if (Number.isInteger(shown)) return 0;
  if (size >= 100) return 0;
  return size >= 10 ? 1 : 2;
}

/** `186 MiB`, `1.3 GiB`: sizes in the status line. */
export function formatBytes(bytes: number): string {
  const giga = 2 ** 30;
  const { text } = formatValue(bytes, { unit: 'bytes', decimals: bytes >= giga && bytes % giga !== 0 ? 1 : 0 });
  return text;
}

/** A length of time in words: `42 s`, `1 min 40 s`, `3 h 5 min`, `2 d`. */
export function formatSpan(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return s % 60 === 0 || s >= 180 ? `${Math.floor(s / 60)} min` : `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86_400)
    return s % 3600 < 60 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86_400)} d`;
}
