import type { Zone } from './format-time.ts';
import { SHORT, type Steps, type Unit, unitOf } from './format-units.ts';
import { currencySide, formatWritten } from './format-written.ts';

/**
 * Numbers and times as people read them. Units are Grafana's ids (format-units.ts); an unknown id is shown as a suffix,
 * so a unit nobody foresaw still says what it is.
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
  /** For units of dates: now, and the zone they are shown in. Left out: without "ago", in the browser's. */
  readonly nowMs?: number | undefined;
  readonly zone?: Zone | undefined;
}

export interface TickOptions extends FormatOptions {
  /** The largest tick of the axis, without its sign: all ticks are then scaled as this one is. */
  readonly largest?: number | undefined;
}

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
  if (raw === null || raw === undefined || !Number.isFinite(raw)) return whole('—');
  const unit = unitOf(options.unit);
  if (unit.written !== undefined) return whole(formatWritten(unit.written, raw * (unit.factor ?? 1), options));
  const money = unit.currency === undefined ? null : currencySide(unit.currency, options.locale);
  const scaled = raw * (unit.factor ?? 1);
  const step = stepFor(Math.abs(scaled), unit);
  const shown = step ? scaled / step[0] : scaled;
  const priced = money !== null || unit.prefix !== undefined;
  const decimals =
    options.decimals ?? (priced && !step ? priceDecimals(shown, money?.decimals ?? 2) : defaultDecimals(shown, unit));
  const fixed = options.decimals !== undefined || priced || (unit.steps?.length === 0 && unit.suffix === '%');
  const digits = numberFormat(options.locale, fixed ? decimals : 0, decimals).format(Math.abs(shown));
  const sign = shown < 0 && /[1-9]/.test(digits) ? '−' : '';
  const value = `${sign}${money?.before ?? unit.prefix ?? ''}${digits}`;
  const scale = step?.[1] ?? '';
  const after = unit.suffix ?? money?.after ?? '';
  const suffix = `${scale}${after}`;
  return { value, suffix: suffix.trim(), text: `${value}${gapBefore(unit, scale, after)}${suffix}` };
}

function whole(text: string): Formatted {
  return { value: text, suffix: '', text };
}

/** Scales without a unit, and units set tight, stand at the number. */
function gapBefore(unit: Unit, scale: string, after: string): string {
  if (`${scale}${after}` === '' || unit.tight || unit.currency !== undefined) return '';
  return after === '' && unit.steps === undefined ? '' : ' ';
}

/**
 * The axis's text: as short as the step between ticks allows, so neighbours never read the same. With `largest` all of an
 * axis are in one scale: 0.5M, 1M, not 500k, 1M.
 */
export function formatTick(raw: number, step: number, options: TickOptions = {}): string {
  const unit = unitOf(options.unit);
  const factor = unit.factor ?? 1;
  if (unit.written !== undefined) return formatWritten(unit.written, raw * factor, options);
  const money = unit.currency === undefined ? null : currencySide(unit.currency, options.locale);
  const [divisor, scale] = stepFor(Math.abs((options.largest ?? raw) * factor), unit, 1000) ?? [1, ''];
  const decimals = decimalsOf((step * factor) / divisor);
  const digits = numberFormat(options.locale, 0, decimals).format(Math.abs((raw * factor) / divisor));
  if (raw === 0 && unit.suffix !== '%') return digits;
  const after = unit.suffix ?? money?.after ?? '';
  const sign = raw < 0 ? '−' : '';
  return `${sign}${money?.before ?? unit.prefix ?? ''}${digits}${gapBefore(unit, scale, after)}${scale}${after}`;
}

/** What to multiply raw numbers by to get those an axis shows, so that its ticks are round in them: KiB, minutes, percent. */
export function axisFactor(largest: number, unit: string | undefined): number {
  const found = unitOf(unit);
  const factor = found.factor ?? 1;
  return factor / (stepFor(Math.abs(largest * factor), found, 1000)?.[0] ?? 1);
}

/** All of an axis, in one scale. */
export function formatTicks(values: readonly number[], step: number, options: FormatOptions = {}): string[] {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return values.map((value) => formatTick(value, step, { ...options, largest }));
}

function stepFor(scaled: number, unit: Unit, shortFrom = 10_000): Steps[number] | null {
  if (unit.steps) {
    if (unit.steps.length === 0) return null;
    const fit = unit.steps.find(([size]) => scaled >= size * 0.9995);
    return fit ?? unit.steps.at(scaled === 0 ? unitBase(unit, unit.steps) : -1) ?? null;
  }
  if (scaled < shortFrom * 0.9995) return null;
  return SHORT.find(([size]) => scaled >= size * 0.9995) ?? null;
}

/** Zero of a unit is said in the unit itself: 0 ms, not 0 µs. */
function unitBase(unit: Unit, steps: Steps): number {
  const factor = unit.factor ?? 1;
  const found = steps.findIndex(([size]) => Math.abs(size / factor - 1) < 1e-9);
  return found >= 0 ? found : steps.findIndex(([size]) => size === 1);
}

/** Decimals it takes to write a step exactly: 0.25 needs two. */
function decimalsOf(step: number): number {
  for (let decimals = 0; decimals < 6; decimals++) {
    const shifted = step * 10 ** decimals;
    if (Math.abs(shifted - Math.round(shifted)) < 1e-6 * shifted) return decimals;
  }
  return 6;
}

/** Of money: whole amounts, and those from a thousand up, without cents. */
function priceDecimals(shown: number, cents: number): number {
  return Math.abs(shown) >= 1000 || Number.isInteger(shown) ? 0 : cents;
}

function defaultDecimals(shown: number, unit: Unit): number {
  const size = Math.abs(shown);
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
