import type { ValueType } from './column.ts';

/**
 * Decimals are kept as integers, 10^scale times the value: 19.98 of scale 2 is 1998. Beyond ±2^53 the integer is a
 * bigint.
 */
const DECIMAL = /^decimal:(\d{1,2})$/;

export function decimalType(scale: number): ValueType {
  return `decimal:${scale}`;
}

/** The scale of a decimal type, null of any other. */
export function decimalScale(type: ValueType): number | null {
  const match = DECIMAL.exec(type);
  return match ? Number(match[1]) : null;
}

/** What a value of this type is divided by to be a plain number: 10^scale of a decimal, else 1. */
export function unitOf(type: ValueType): number {
  return 10 ** (decimalScale(type) ?? 0);
}

/** A scaled integer as text with `scale` digits after the point: 1998 → "19.98", −5 → "-0.05". */
export function formatDecimal(scaled: number | bigint, scale: number): string {
  const integer = BigInt(scaled);
  const digits = (integer < 0n ? -integer : integer).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  const sign = integer < 0n ? '-' : '';
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** The scaled integer of a text; null when it is no decimal, or has digits beyond the scale that are not 0. */
export function parseDecimal(text: string, scale: number): number | bigint | null {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text.trim());
  const [, sign = '', whole = '', part = ''] = match ?? [];
  if (match === null || whole + part === '' || /[^0]/.test(part.slice(scale))) return null;
  const magnitude = BigInt(whole + part.slice(0, scale).padEnd(scale, '0'));
  const scaled = sign === '-' ? -magnitude : magnitude;
  const number = Number(scaled);
  return Number.isSafeInteger(number) ? number : scaled;
}
