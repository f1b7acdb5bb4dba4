import type { FieldType } from '../../../contract/spec/field.ts';
import type { CaseFile, WindowQuery } from '../case-file.ts';
import type { Batch, Mode, Plan, Row, Scenario } from '../scenario.ts';

/**
 * Queries told by fields (`window`, `group_by`, `aggregates`), as most cases have them.
 *
 *     Spark   a step is a batch, its rows judged by the watermark the step before it left; that starts at 0
 *     Flink   every row is a batch; there is no watermark before 0
 */
export function expressRecorded(file: CaseFile): Plan {
  const { query } = file;
  const spark = file.engine.startsWith('spark');
  const delayMs = query.watermark_delay_ms ?? 0;
  const input = file.input as readonly Row[];
  const mode = (query.output_mode ?? 'append') as Mode;
  const batches: Batch[] = (file.steps ?? [{ input }]).map(({ input: sent, expected_new, expected_all, ...step }) => {
    // A row without a time is a dead letter of the relay (D1).
    const rows = sent.filter(({ ts_ms }) => ts_ms !== null);
    const expected = expected_all ?? expected_new;
    // In complete mode Spark judges by a watermark one batch older, the one the step says it ran with.
    const told = step.watermark_after_ms === null || (spark && mode === 'complete');
    return { rows, ...(expected && { expected }), ...(told && { watermarkMs: step.watermark_after_ms ?? null }) };
  });
  const sparkSession = spark && query.window?.type === 'session';
  const window = { ...windowOf(file), ...(sparkSession && { late: JUDGED_ALONE }) };
  const scenario: Scenario = {
    title: '',
    timeField: 'ts_ms',
    delay: `${delayMs}ms`,
    fields: fieldsOf(input, ['ts_ms']),
    windows: { out: window },
    output: 'out',
    mode,
    startMs: spark ? 0 : null,
    batches,
    closes: !spark,
    expected: {
      kind: mode === 'append' ? 'all' : 'last',
      rows: file.expected as readonly Row[],
      ...(file.at_end !== undefined && { atEnd: file.at_end as readonly Row[] }),
    },
  };
  const how = describe(window, scenario);
  return { kind: 'run', how, scenarios: spark ? [scenario] : [scenario, ...toTheMillisecond(scenario, delayMs)] };
}

/** Flink SQL's watermark allows no row at itself, and ours is exclusive: its delay is ours and 1 ms. */
export function toTheMillisecond(scenario: Scenario, delayMs: number): Scenario[] {
  return delayMs === 0 ? [] : [{ ...scenario, title: 'to the millisecond', delay: `${delayMs - 1}ms` }];
}

/** Spark tests a late row of a session alone, before it joins one. */
export const JUDGED_ALONE = { judged: 'alone' } as const;

export function windowOf({ query }: CaseFile): Scenario['windows'][string] {
  const by = (query.group_by ?? []).filter((name) => !/^(window(_start|_end)?|session)$/.test(name));
  return { window: windowText(query.window), ...(by.length > 0 && { by }), select: selectOf(query.aggregates ?? {}) };
}

export function windowText(window: WindowQuery | undefined): string {
  const { type = '', size_ms = 0, slide_ms = 0, step_ms = 0, gap_ms = 0, offset_ms = 0 } = window ?? {};
  const ms = (...lengths: number[]): string =>
    lengths
      .slice(0, offset_ms === 0 ? -1 : undefined)
      .map((length) => `${length}ms`)
      .join(', ');
  switch (type) {
    case 'tumble':
      return `tumble(${ms(size_ms, offset_ms)})`;
    case 'hop':
      return `hop(${ms(size_ms, slide_ms, offset_ms)})`;
    case 'cumulate':
      return `cumulate(${ms(size_ms, step_ms, offset_ms)})`;
    case 'session':
      return `session(${gap_ms}ms)`;
    default:
      throw new Error(`no window ${type}`);
  }
}

/** SQL's names for aggregates in ours. */
export function selectOf(aggregates: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(aggregates).map(([name, sql]) => [
      name,
      sql
        .toLowerCase()
        .replace('count(*)', 'count()')
        .replace(/count\(distinct (\w+)\)/, 'count_distinct($1)')
        .replace('mean(', 'avg(')
        .replace(/(std|var)[a-z]*_samp\(/, (_all, start: string) => (start === 'std' ? 'stddev(' : 'variance(')),
    ]),
  );
}

/** The type that holds every value of a column; columns of nulls only are text. */
export function fieldsOf(rows: readonly Row[], without: readonly string[]): Record<string, FieldType> {
  const fields: Record<string, FieldType> = {};
  for (const row of rows)
    for (const [name, value] of Object.entries(row)) {
      if (without.includes(name)) continue;
      const type = typeOf(value);
      const known = fields[name];
      if (type === null) fields[name] = known ?? 'string';
      else fields[name] = known === 'float64' && type === 'int64' ? 'float64' : type;
    }
  return fields;
}

function typeOf(value: unknown): FieldType | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : 'string';
}

/** `tumble(5000ms) by name, delay 1000ms, append`. */
export function describe(window: Scenario['windows'][string], scenario: Pick<Scenario, 'delay' | 'mode'>): string {
  const by = Array.isArray(window.by) ? window.by : Object.keys(window.by ?? {});
  return [
    `\`${short(window.window)}\`${by.length > 0 ? ` by ${by.join(', ')}` : ''}`,
    ...(window.dedup ? [`dedup by ${window.dedup.by.join(', ')}`] : []),
    ...(window.where ? [`where \`${window.where}\``] : []),
    ...(window.grouping_sets ? ['grouping sets'] : []),
    ...(window.late?.allow ? [`allow ${window.late.allow}`] : []),
    ...(window.late?.judged ? [`late rows judged ${window.late.judged}`] : []),
    ...(scenario.delay === '0ms' ? [] : [`delay ${short(scenario.delay)}`]),
    scenario.mode,
  ].join(', ');
}

/** 86400000ms → 1d: the same length, in the largest unit that has it whole. */
export function short(text: string): string {
  return text.replace(/(\d+)ms\b/g, (all, digits: string) => {
    const ms = Number(digits);
    if (ms === 0) return '0s';
    for (const [unit, factor] of [
      ['d', 86_400_000],
      ['h', 3_600_000],
      ['m', 60_000],
      ['s', 1_000],
    ] as const)
      if (ms % factor === 0) return `${ms / factor}${unit}`;
    return all;
  });
}
