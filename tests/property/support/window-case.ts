import fc from 'fast-check';
import { formatDurationUs } from '../../../contract/spec/duration.ts';
import { type SelectCase, selectsOf } from './aggregate-case.ts';
import { COMPUTED, CONDITIONS, GROUPS, type GroupColumn } from './conditions.ts';
import type { Scale } from './events.ts';

/** A window as the oracle sees it; its text is made from it. Lengths in µs. */
export type ShapeCase =
  | { readonly kind: 'tumble'; readonly sizeUs: number; readonly offsetUs: number }
  | { readonly kind: 'hop'; readonly sizeUs: number; readonly slideUs: number; readonly offsetUs: number }
  | { readonly kind: 'cumulate'; readonly sizeUs: number; readonly stepUs: number; readonly offsetUs: number }
  | CalendarCase
  /** `gapUs` null: by each row's `gap`. */
  | { readonly kind: 'session'; readonly gapUs: number | null }
  | { readonly kind: 'global' };

export interface CalendarCase {
  readonly kind: 'calendar';
  readonly size: Unit;
  readonly slide: Unit | null;
  readonly stepUs: number | null;
  readonly zone: string;
  readonly offsetUs: number;
}
export type Unit = 'day' | 'week' | 'month' | 'quarter' | 'year';

export interface WindowCase {
  readonly name: string;
  /** Null: the stream; else another window. */
  readonly from: string | null;
  readonly shape: ShapeCase;
  readonly compute: Readonly<Record<string, string>>;
  readonly where: string | null;
  readonly dedup: { readonly by: readonly string[]; readonly withinUs: number } | null;
  readonly by: readonly GroupColumn[];
  /** Indexes into `by`; null: one grouping, of all. */
  readonly sets: readonly (readonly number[])[] | null;
  readonly select: readonly SelectCase[];
  readonly allowUs: number;
  /** Of sessions: late rows are judged each by itself. */
  readonly judgedAlone: boolean;
}

/** The window as a user writes it. */
export function specOf(window: WindowCase, stream: string): Record<string, unknown> {
  const { shape, compute, where, dedup, by, sets, select, allowUs, judgedAlone } = window;
  return {
    from: window.from ?? stream,
    window: shapeText(shape),
    ...(Object.keys(compute).length > 0 ? { compute } : {}),
    ...(where === null ? {} : { where }),
    ...(dedup === null ? {} : { dedup: { by: dedup.by, within: formatDurationUs(dedup.withinUs) } }),
    by: Object.fromEntries(by.map(({ name, sql }) => [name, sql])),
    ...(sets === null ? {} : { grouping_sets: sets.map((set) => set.map((index) => by[index]?.name ?? '')) }),
    select: Object.fromEntries(select.map(({ name, text }) => [name, text])),
    late: { allow: formatDurationUs(allowUs), ...(judgedAlone ? { judged: 'alone' } : {}) },
  };
}

function shapeText(shape: ShapeCase): string {
  const call = (name: string, ...args: (number | string | null)[]) =>
    `${name}(${args.flatMap((arg) => (arg === null || arg === 0 ? [] : [typeof arg === 'number' ? formatDurationUs(arg) : arg])).join(', ')})`;
  switch (shape.kind) {
    case 'tumble':
      return call('tumble', shape.sizeUs, shape.offsetUs);
    case 'hop':
      return call('hop', shape.sizeUs, shape.slideUs, shape.offsetUs);
    case 'cumulate':
      return call('cumulate', shape.sizeUs, shape.stepUs, shape.offsetUs);
    case 'calendar': {
      const { size, slide, stepUs, offsetUs, zone } = shape;
      if (slide !== null) return call('hop', size, slide, offsetUs, zone);
      if (stepUs === null) return call('tumble', size, offsetUs, zone);
      return call('cumulate', size, `${stepUs / 3600e6}h`, offsetUs, zone);
    }
    case 'session':
      return shape.gapUs === null ? 'session(gap)' : call('session', shape.gapUs);
    case 'global':
      return 'global()';
  }
}

export const HOUR_US = 3600e6;

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Asia/Kathmandu',
  'Africa/Casablanca',
  'America/Havana',
];

const FORMS: readonly Pick<CalendarCase, 'size' | 'slide' | 'stepUs'>[] = [
  { size: 'day', slide: null, stepUs: null },
  { size: 'week', slide: null, stepUs: null },
  { size: 'month', slide: null, stepUs: null },
  { size: 'quarter', slide: null, stepUs: null },
  { size: 'year', slide: null, stepUs: null },
  { size: 'week', slide: 'day', stepUs: null },
  { size: 'quarter', slide: 'month', stepUs: null },
  { size: 'day', slide: null, stepUs: HOUR_US },
  { size: 'day', slide: null, stepUs: 6 * HOUR_US },
  { size: 'week', slide: null, stepUs: 24 * HOUR_US },
  { size: 'month', slide: null, stepUs: 12 * HOUR_US },
];

export const calendarOf: fc.Arbitrary<CalendarCase> = fc
  .record({
    form: fc.constantFrom(...FORMS),
    zone: fc.constantFrom(...ZONES),
    offset: fc.constantFrom(0, 0, 0, 20.5, -3, 2.5, 1),
  })
  // Of Samoa's week without a Friday it is open where a week of days begins.
  .map(({ form, zone, offset }) => ({
    kind: 'calendar' as const,
    ...form,
    zone: form.slide === 'day' && zone === 'Pacific/Apia' ? 'UTC' : zone,
    offsetUs: offset * HOUR_US,
  }));

const units = (min: number, max: number) => fc.integer({ min, max });
/** Some windows of many panes, which are read from merged runs of them. */
const sizes = fc.oneof({ arbitrary: units(1, 12), weight: 3 }, units(13, 70));
const offsets = fc.oneof(fc.constant(0), fc.integer({ min: -20, max: 20 }));

/** Lengths in units. */
const fixedOf: fc.Arbitrary<ShapeCase> = fc.oneof(
  fc
    .tuple(units(1, 12), offsets)
    .map(([size, offset]) => ({ kind: 'tumble' as const, sizeUs: size, offsetUs: offset })),
  fc.tuple(sizes, units(1, 12), offsets).map(([a, b, offset]) => ({
    kind: 'hop' as const,
    sizeUs: Math.max(a, b),
    slideUs: Math.min(a, b),
    offsetUs: offset,
  })),
  fc.tuple(units(1, 5), fc.oneof(units(1, 5), units(16, 40)), offsets).map(([step, times, offset]) => ({
    kind: 'cumulate' as const,
    sizeUs: step * times,
    stepUs: step,
    offsetUs: offset,
  })),
  fc.option(units(1, 6), { freq: 2 }).map((gapUs) => ({ kind: 'session' as const, gapUs })),
);

function scaled(shape: ShapeCase, unitUs: number): ShapeCase {
  if (shape.kind === 'global' || shape.kind === 'calendar') return shape;
  return Object.fromEntries(
    Object.entries(shape).map(([key, value]) => [key, typeof value === 'number' ? value * unitUs : value]),
  ) as unknown as ShapeCase;
}

const shapeOf = fc.oneof(
  { arbitrary: fixedOf, weight: 7 },
  { arbitrary: calendarOf, weight: 2 },
  { arbitrary: fc.constant({ kind: 'global' as const }), weight: 1 },
);

const draft = fc.record({
  shape: shapeOf,
  compute: fc.boolean(),
  where: fc.option(fc.constantFrom(...CONDITIONS), { freq: 2 }),
  dedup: fc.option(fc.record({ by: fc.constantFrom(['id'], ['t', 'id'], ['f'], ['id % 4']), within: units(0, 20) }), {
    freq: 2,
    nil: null,
  }),
  by: fc.oneof(
    fc.constant([]),
    fc.uniqueArray(fc.constantFrom(...GROUPS), { minLength: 1, maxLength: 2, selector: ({ name }) => name }),
  ),
  sets: fc.option(fc.constantFrom([[0], []], [[0, 1], [1]], [[0, 1], [0], [1], []], [[]]), { freq: 2 }),
  select: selectsOf,
  allow: fc.constantFrom(0, 0, 2, 8),
  alone: fc.boolean(),
});
type Draft = typeof draft extends fc.Arbitrary<infer T> ? T : never;

const COMPUTED_GROUP: GroupColumn = { name: 'word', sql: 'word', kind: 'text' };

function windowOf(
  given: Draft,
  name: string,
  { unitUs }: Scale,
  earlier: WindowCase | undefined,
  like: boolean,
): WindowCase {
  const shape = scaled(given.shape, unitUs);
  const by = given.compute ? [...given.by.slice(0, 1), COMPUTED_GROUP] : given.by;
  const sets = given.sets?.every((set) => set.every((index) => index < by.length)) ? given.sets : null;
  const isEndless = shape.kind === 'global';
  const select = given.select.filter(({ text }) => !(isEndless && text.startsWith('rate')));
  const made = {
    name,
    from: null,
    shape,
    compute: given.compute ? COMPUTED : {},
    where: given.compute && given.where === null ? 'big IS NOT TRUE' : given.where,
    dedup: given.dedup && { by: given.dedup.by, withinUs: given.dedup.within * unitUs },
    by,
    sets,
    select,
    allowUs: given.allow * unitUs,
    judgedAlone: shape.kind === 'session' && given.alone,
  };
  // The rows of another window, so that both may be kept in one table.
  if (!like || !earlier) return made;
  const { compute, where, dedup, by: same, sets: sameSets } = earlier;
  return { ...made, compute, where, dedup, by: same, sets: sameSets };
}

const derivedDraft = fc.record({
  shape: shapeOf,
  grouped: fc.boolean(),
  where: fc.option(fc.constantFrom('n > 1', 'n % 2 = 1', "window_end > TIMESTAMP '1970-01-01'")),
  allow: fc.constantFrom(0, 3),
});

/** Aggregates that do not depend on the order in which a window's rows are fed. */
const DERIVED_SELECT: readonly SelectCase[] = [
  { name: 'n', text: 'count()', sql: 'count(*)', kind: 'int', scale: null, k: null },
  { name: 'events', text: 'sum(n)', sql: 'sum(n)', kind: 'int', scale: null, k: null },
  { name: 'mean', text: 'avg(n)', sql: 'avg(n)', kind: 'float', scale: 'max(n)', k: null },
  { name: 'oldest', text: 'min(window_start)', sql: 'min(window_start)', kind: 'time', scale: null, k: null },
  { name: 'most', text: 'max(n) filter (n < 5)', sql: 'max(n) FILTER (n < 5)', kind: 'int', scale: null, k: null },
];

/** Windows over one stream, some over rows alike, and windows over these. */
export const windowsOf = (scale: Scale): fc.Arbitrary<readonly WindowCase[]> =>
  fc
    .record({
      own: fc.array(fc.record({ draft, like: fc.boolean() }), { minLength: 1, maxLength: 3 }),
      derived: fc.array(derivedDraft, { maxLength: 2 }),
    })
    .map(({ own, derived }) => {
      const windows: WindowCase[] = [];
      for (const [index, { draft: given, like }] of own.entries())
        windows.push(windowOf(given, `w${index}`, scale, windows[index - 1], like));
      let base = windows.find(({ shape, sets }) => shape.kind !== 'global' && sets === null);
      for (const [index, given] of derived.entries()) {
        if (!base) break;
        const shape = scaled(given.shape, scale.unitUs * 3);
        const [first] = base.by;
        const window: WindowCase = {
          name: `d${index}`,
          from: base.name,
          shape:
            shape.kind === 'session' && shape.gapUs === null ? { kind: 'session', gapUs: 4 * scale.unitUs } : shape,
          compute: {},
          where: given.where,
          dedup: null,
          by: given.grouped && first ? [{ name: first.name, sql: first.name, kind: first.kind }] : [],
          sets: null,
          select: DERIVED_SELECT,
          allowUs: given.allow * scale.unitUs,
          judgedAlone: false,
        };
        windows.push(window);
        if (window.shape.kind !== 'global') base = window;
      }
      return windows;
    });
