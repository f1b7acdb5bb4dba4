import { z } from 'zod';
import { DurationSchema, parseDurationUs } from './duration.ts';
import { parseSelect, type Select } from './select.ts';

/** One window as a user writes it under `windows:`. */
export const WindowSpecSchema = z
  .strictObject({
    from: z.string().meta({ description: 'The stream.' }),
    window: z.string().meta({ description: 'tumble(size) or tumble(size, offset)', examples: ['tumble(1m)'] }),
    by: z.array(z.string().min(1)).default([]).meta({ description: 'Fields or SQL expressions to group by.' }),
    where: z.string().optional().meta({ description: 'SQL condition on the rows before the window.' }),
    select: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string()).meta({
      description:
        'Name → aggregate: count(), count_if(cond), sum(x), avg(x), min(x), max(x), count_distinct(x), first(x), last(x), quantile(x, q), and + - * / over them.',
    }),
    late: z
      .strictObject({ allow: DurationSchema.default('0s') })
      .prefault({})
      .meta({ description: 'How long after the watermark has passed a window its rows still revise it.' }),
  })
  .meta({ description: 'Aggregates over slices of event time.' });
export type WindowSpec = z.infer<typeof WindowSpecSchema>;

export type CalendarUnit = 'day' | 'week' | 'month' | 'quarter' | 'year';

/** How a window takes its rows from event time. Offsets lie in [0, size), those of hops in [0, slide). */
export type WindowShape =
  | { readonly kind: 'tumble'; readonly sizeUs: number; readonly offsetUs: number }
  | { readonly kind: 'hop'; readonly sizeUs: number; readonly slideUs: number; readonly offsetUs: number }
  | { readonly kind: 'cumulate'; readonly sizeUs: number; readonly stepUs: number; readonly offsetUs: number }
  | {
      readonly kind: 'calendar';
      readonly size: CalendarUnit;
      /** Set: a hop by this unit. */
      readonly slide: CalendarUnit | null;
      /** Set: a cumulation in these steps. */
      readonly stepUs: number | null;
      /** IANA name. */
      readonly zone: string;
      /** Wall-clock time after the unit's midnight; may be negative. */
      readonly offsetUs: number;
    }
  /** Exactly one of the two is set; the expression is SQL over a row that yields an interval or its text. */
  | { readonly kind: 'session'; readonly gapUs: number | null; readonly gapExpression: string | null }
  | { readonly kind: 'global' };

/** A column rows are grouped by: its name in the result, and SQL over a row. */
export interface ByColumn {
  readonly name: string;
  readonly expression: string;
}

/** A window ready to run. */
export interface Window {
  /** A stream or another window. */
  readonly from: string;
  readonly shape: WindowShape;
  readonly by: readonly ByColumn[];
  /** Each the indexes into `by` of what it groups by; one of them all where no sets are given. */
  readonly groupings: readonly (readonly number[])[];
  readonly hasGroupingSets: boolean;
  readonly where: string | null;
  /** Of rows with equal `by` (SQL over a row) the first counts, until `withinUs` after its time. */
  readonly dedup: { readonly by: readonly string[]; readonly withinUs: number } | null;
  readonly select: readonly Select[];
  readonly allowUs: number;
}

/** A problem in a part of a spec: `path` within the spec, and what would be right. */
export interface SpecProblem {
  readonly path: readonly (string | number)[];
  readonly found: string;
  readonly expected: string;
}

/** Parses the little languages inside a window spec; every problem is returned, not only the first. */
export function parseWindow(spec: WindowSpec): { window: Window } | { problems: SpecProblem[] } {
  const problems: SpecProblem[] = [];
  const shape = parseTumble(spec.window);
  if (!shape)
    problems.push({
      path: ['window'],
      found: spec.window,
      expected: 'tumble(1m) or tumble(1h, 15m): a size above 0, and perhaps an offset',
    });
  const select: Select[] = [];
  for (const [name, text] of Object.entries(spec.select)) {
    const parsed = parseSelect(name, text, Object.keys(spec.select));
    if ('problem' in parsed) problems.push({ path: ['select', name], found: text, expected: parsed.problem });
    else select.push(parsed.select);
  }
  if (Object.keys(spec.select).length === 0)
    problems.push({ path: ['select'], found: 'nothing', expected: 'at least one aggregate, such as events: count()' });
  for (const [index, expression] of spec.by.entries())
    if (hasSemicolon(expression))
      problems.push({ path: ['by', index], found: expression, expected: 'one field or SQL expression' });
  if (spec.where !== undefined && hasSemicolon(spec.where))
    problems.push({ path: ['where'], found: spec.where, expected: 'one SQL condition' });
  if (problems.length > 0 || !shape) return { problems };
  return {
    window: {
      from: spec.from,
      shape: { kind: 'tumble', ...shape },
      by: spec.by.map((expression) => ({ name: expression, expression })),
      groupings: [spec.by.map((_, index) => index)],
      hasGroupingSets: false,
      where: spec.where ?? null,
      dedup: null,
      select,
      allowUs: parseDurationUs(spec.late.allow) ?? 0,
    },
  };
}

/** One outside of quotes, which would end the statement. */
function hasSemicolon(sql: string): boolean {
  return sql.replace(/"[^"]*"|'[^']*'/g, '').includes(';');
}

function parseTumble(text: string): { sizeUs: number; offsetUs: number } | null {
  const match = /^\s*tumble\(\s*([^,()]+?)\s*(?:,\s*(-?)([^,()]+?)\s*)?\)\s*$/.exec(text);
  if (!match) return null;
  const sizeUs = parseDurationUs(match[1] ?? '');
  const offsetUs = match[3] === undefined ? 0 : parseDurationUs(match[3]);
  if (!sizeUs || offsetUs === null) return null;
  const signed = match[2] === '-' ? -offsetUs : offsetUs;
  return { sizeUs, offsetUs: ((signed % sizeUs) + sizeUs) % sizeUs };
}

/** Start of the window `timeUs` falls in; right before 1970 too. (W6) */
export function windowStartUs(timeUs: number, sizeUs: number, offsetUs: number): number {
  const rest = (timeUs - offsetUs) % sizeUs;
  return timeUs - (rest < 0 ? rest + sizeUs : rest);
}
