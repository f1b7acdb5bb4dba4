import fc from 'fast-check';

/** One event: its time, the partition it comes by, and fields of every type. */
export interface Event {
  readonly timeUs: number;
  readonly partition: number;
  readonly t: string | null;
  readonly i: bigint | null;
  readonly f: number | null;
  readonly g: number | null;
  readonly b: boolean | null;
  readonly seen: number | null;
  readonly id: number | null;
  readonly gap: string | null;
}

/** `f` holds NaN and infinities, `g` never; `id` names the event for deduplication; `gap` is a text such as 3s. */
export const FIELDS = {
  t: 'string',
  i: 'int64',
  f: 'float64',
  g: 'float64',
  b: 'bool',
  seen: 'timestamp',
  id: 'int64',
  gap: 'string',
} as const;

const SQL_TYPES = {
  t: 'VARCHAR',
  i: 'BIGINT',
  f: 'DOUBLE',
  g: 'DOUBLE',
  b: 'BOOLEAN',
  seen: 'TIMESTAMP',
  id: 'BIGINT',
  gap: 'VARCHAR',
} as const;
export const FIELD_NAMES = Object.keys(FIELDS) as (keyof typeof FIELDS)[];

/** Steps of event time are counted in the scale's unit, so that windows of some units meet some rows. */
export interface Scale {
  readonly originUs: number;
  readonly unitUs: number;
}

export const MAX_BACK = 12;

/** Around 1970, before it, and around changes of clocks. */
const ORIGINS = [
  '1970-01-01T00:00:10Z',
  '1938-07-04T11:00:00Z',
  '2026-03-28T22:00:00Z',
  '2026-10-24T22:30:00Z',
  '2018-11-03T20:00:00Z',
  '2026-04-04T12:00:00Z',
  '2011-12-29T08:00:00Z',
  '2024-02-28T23:59:59Z',
];

export const scaleOf: fc.Arbitrary<Scale> = fc.record({
  originUs: fc.constantFrom(...ORIGINS.map((text) => Date.parse(text) * 1000)),
  unitUs: fc.constantFrom(1_000_000, 250_000, 60e6, 3600e6, 86_400e6),
});

const draft = fc.record({
  ahead: fc.oneof({ arbitrary: fc.integer({ min: 0, max: 2 }), weight: 6 }, fc.integer({ min: 3, max: 30 })),
  back: fc.oneof({ arbitrary: fc.integer({ min: 0, max: 3 }), weight: 3 }, fc.integer({ min: 0, max: MAX_BACK })),
  fine: fc.constantFrom(0, 0, 0, 1, 0.5),
  partition: fc.oneof({ arbitrary: fc.constant(0), weight: 3 }, fc.integer({ min: 0, max: 2 })),
  t: fc.option(fc.constantFrom('buy', 'see', 'cart', "o'hara", '', '12', '𝛼', '\ufffd', 'é'), { freq: 6 }),
  i: fc.option(
    fc.oneof(
      { arbitrary: fc.bigInt({ min: -5n, max: 5n }), weight: 5 },
      fc.constantFrom(2n ** 53n, 2n ** 53n + 1n, -(2n ** 60n) - 1n, 2n ** 62n, 2n ** 63n - 1n),
    ),
    { freq: 6 },
  ),
  f: fc.option(
    fc.oneof(
      { arbitrary: fc.constantFrom(0, -0, 1.5, -2, 0.1), weight: 3 },
      fc.constantFrom(Number.NaN, Infinity, -Infinity),
    ),
    { freq: 6 },
  ),
  g: fc.option(fc.oneof(fc.constantFrom(0, 0.1, -7, 3), fc.double({ min: -1e3, max: 1e3, noNaN: true })), { freq: 6 }),
  b: fc.option(fc.boolean(), { freq: 6 }),
  seen: fc.option(fc.constantFrom(0, -1, 1_600_000_000_000_000, 1_700_000_000_123_456), { freq: 6 }),
  id: fc.option(fc.integer({ min: 0, max: 12 }), { freq: 8 }),
  gap: fc.option(fc.integer({ min: -1, max: 6 }), { freq: 6 }),
});
type Draft = typeof draft extends fc.Arbitrary<infer T> ? T : never;

export const draftsOf: fc.Arbitrary<readonly Draft[]> = fc.array(draft, {
  minLength: 1,
  maxLength: 50,
  size: 'max',
});

/** Events in order of arrival; each lies at most `MAX_BACK` units behind the newest before it. */
export function eventsOf(drafts: readonly Draft[], { originUs, unitUs }: Scale): Event[] {
  let progress = 0;
  return drafts.map(({ ahead, back, fine, gap, ...fields }) => {
    progress += ahead;
    // A whole unit's fraction must not put a row ahead of what its delay allows.
    const within = fine === 1 ? 1 : Math.round(fine * unitUs);
    const timeUs = originUs + (progress - Math.min(back, MAX_BACK)) * unitUs + within;
    return {
      timeUs,
      ...fields,
      gap: gap === null ? null : gap === 0 ? 'soon' : `${(gap * unitUs) / 1000} milliseconds`,
    };
  });
}

/** The rows as a table `events` of the oracle: `idx`, `ts` (µs), `_event_time`, `_partition`, and the fields. */
export function eventsTable(events: readonly Event[]): string {
  const columns = FIELD_NAMES.map((name) => `${name} ${SQL_TYPES[name]}`).join(', ');
  const values = events.map((event, index) => {
    const cells = FIELD_NAMES.map((name) => literal(name, event[name]));
    return `(${index}, ${event.timeUs}, make_timestamp(${event.timeUs}), ${event.partition}, ${cells.join(', ')})`;
  });
  return `CREATE OR REPLACE TABLE events (idx INTEGER, ts BIGINT, _event_time TIMESTAMP, _partition INTEGER, ${columns});
    INSERT INTO events VALUES ${values.join(', ')}`;
}

function literal(name: keyof typeof FIELDS, value: Event[keyof typeof FIELDS]): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if (typeof value === 'boolean' || name === 'i' || name === 'id') return `${value}`;
  if (name === 'seen') return `make_timestamp(${value})`;
  return `'${Object.is(value, -0) ? '-0.0' : value}'::DOUBLE`;
}
