import type { FieldRole, FieldType } from '../../contract/spec/field.ts';
import type { Fields } from '../decode/json.ts';
import { eachLeaf } from './leaves.ts';
import { parseIsoUs, readTimeUs } from './time-text.ts';

/**
 * What a sample of records says about their fields: types, the time field and what each field is good for. (D3, D4)
 */
export interface Seen {
  readonly path: readonly string[];
  /** Records that have it. */
  count: number;
  readonly types: Map<FieldType, number>;
  /** At most `MAX_DISTINCT` of them. */
  readonly distinct: Set<unknown>;
  /** Every value so far reads as a time. */
  isTime: boolean;
  characters: number;
  spaced: boolean;
  maxSize: number;
  /** Every number so far is above the one before. */
  rising: boolean;
  last: number;
}

const MAX_DISTINCT = 256;
const TIME_NAMES = [
  'timestamp',
  'event_time',
  'eventtime',
  'time',
  'ts',
  'datetime',
  'date',
  'created_at',
  '@timestamp',
];
/** Smaller numbers are counts, not moments: 1973-03-03 in seconds. */
const EARLIEST_NUMBER = 1e8;
/** A time with its hour: a bare date or year is only a time where one was asked for. */
const MOMENT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/;

export function observe(seen: Map<string, Seen>, fields: Fields): void {
  eachLeaf(fields, (path, value) => {
    const key = path.join('\0');
    let entry = seen.get(key);
    if (entry === undefined) {
      entry = {
        path,
        count: 0,
        types: new Map(),
        distinct: new Set(),
        isTime: true,
        characters: 0,
        spaced: false,
        maxSize: 0,
        rising: true,
        last: Number.NEGATIVE_INFINITY,
      };
      seen.set(key, entry);
    }
    const type = typeOf(value);
    entry.count++;
    entry.types.set(type, (entry.types.get(type) ?? 0) + 1);
    if (entry.distinct.size < MAX_DISTINCT) entry.distinct.add(value);
    entry.isTime &&= typeof value === 'string' ? parseIsoUs(value) !== null : looksLikeMoment(value);
    if (typeof value === 'string') {
      entry.characters += value.length;
      entry.spaced ||= value.includes(' ');
    } else if (typeof value === 'number') {
      entry.maxSize = Math.max(entry.maxSize, Math.abs(value));
      entry.rising &&= value > entry.last;
      entry.last = value;
    }
  });
}

function looksLikeMoment(value: unknown): boolean {
  return (
    (typeof value === 'number' || typeof value === 'bigint') &&
    Number(value) >= EARLIEST_NUMBER &&
    readTimeUs(value, 'auto') !== null
  );
}

/** The type one value would have on its own. */
export function typeOf(value: unknown): FieldType {
  switch (typeof value) {
    case 'number':
      return Number.isSafeInteger(value) ? 'int64' : 'float64';
    case 'bigint':
      return BigInt.asIntN(64, value) === value ? 'int64' : 'float64';
    case 'boolean':
      return 'bool';
    case 'string':
      return MOMENT.test(value) && parseIsoUs(value) !== null ? 'timestamp' : 'string';
    default:
      return 'string';
  }
}

/** The type that holds all numbers, or all times; of kinds that do not mix, the one seen most. */
export function settleType(types: ReadonlyMap<FieldType, number>): FieldType {
  const count = (type: FieldType) => types.get(type) ?? 0;
  const numbers = count('int64') + count('float64');
  const texts = count('string') + count('timestamp');
  if (numbers > texts && numbers > count('bool')) return count('float64') > 0 ? 'float64' : 'int64';
  if (count('bool') > texts) return 'bool';
  return count('string') === 0 && texts > 0 ? 'timestamp' : 'string';
}

/** D4: by name, else the first that reads as an ISO time with its hour; null: no field will do. */
export function findTime(seen: readonly Seen[], records: number): Seen | null {
  const common = seen.filter((entry) => entry.isTime && entry.count * 2 >= records);
  for (const name of TIME_NAMES) {
    const named = common.find((entry) => entry.path.length === 1 && entry.path[0]?.toLowerCase() === name);
    if (named) return named;
  }
  return common.find((entry) => settleType(entry.types) === 'timestamp') ?? null;
}

/** A declared time field may be written `meta.ts` or `meta_ts` for what records nest. */
export function declaredPath(field: string, seen: readonly Seen[]): readonly string[] {
  const found = seen.find((entry) => entry.path.join('.') === field || entry.path.join('_') === field);
  return found?.path ?? field.split('.');
}

const ID_NAME = /(^|[_.-])([iI][dD]|uuid|UUID|guid|key|hash)$|[a-z](Id|ID|Uuid|UUID|Key)$/;
const MEASURE_NAME =
  /(price|amount|cost|revenue|total|sum|count|qty|quantity|value|latency|duration|elapsed|temp|temperature|humidity|pressure|speed|size|bytes|left|level|score|rate|_ms|_s|_pct)$/i;
const FEW = 50;
/** Of fewer records nobody can tell. */
const ENOUGH = 20;

/**
 * What a field is good for: what never varies is only shown, and an integer that rises from record to record numbers them.
 * `entry` is null for a field met after the sample: then only its name and type speak.
 */
export function roleOf(name: string, type: FieldType, entry: Seen | null): FieldRole {
  if (type === 'timestamp') return 'time';
  if (entry !== null && entry.count >= ENOUGH && entry.distinct.size === 1) return 'text';
  if (type === 'bool') return 'dimension';
  if (type === 'float64') return 'measure';
  if (ID_NAME.test(name)) return 'id';
  const distinct = entry?.distinct.size ?? 0;
  const count = entry?.count ?? 0;
  if (type === 'int64') {
    if (MEASURE_NAME.test(name) || count < ENOUGH) return 'measure';
    if (entry?.rising) return 'id';
    if (distinct <= 12 && distinct * 4 <= count) return 'dimension';
    return distinct * 10 > count * 9 && (entry?.maxSize ?? 0) >= 10_000 ? 'id' : 'measure';
  }
  if (entry === null) return 'text';
  const length = entry.characters / Math.max(1, count);
  if (length <= 64 && distinct <= FEW && (count < ENOUGH || distinct * 2 <= count)) return 'dimension';
  return entry.spaced || length > 64 ? 'text' : 'id';
}

const UNIT_BY_SUFFIX: readonly (readonly [RegExp, string])[] = [
  [/_(ms|millis)$/i, 'ms'],
  [/_(s|sec|secs|seconds)$/i, 's'],
  [/_(bytes)$/i, 'bytes'],
  [/_(pct|percent)$/i, 'percent'],
  [/(^|_)celsius$|_c$/i, 'celsius'],
];

/** A unit that the name itself says; null when it does not. */
export function unitOf(name: string): string | null {
  return UNIT_BY_SUFFIX.find(([suffix]) => suffix.test(name))?.[1] ?? null;
}
