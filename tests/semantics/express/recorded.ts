import type { FieldType } from '../../../contract/spec/field.ts';
import type { CaseFile, WindowQuery } from '../case-file.ts';
import { reference } from '../reference.ts';
import { differenceOf, lastOf, SAME } from '../rows.ts';
import { type Batch, groupsOf, type Mode, type Plan, type Row, type Scenario } from '../scenario.ts';

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
  const window = windowOf(file);
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
  const plan: Plan = { kind: 'run', how: describe(window, scenario), scenarios: [scenario] };
  return spark && query.window?.type === 'session' ? mergedFirst(scenario, plan) : plan;
}

/** Where Spark's late test of a session row changes the rows: what the test of the merged session (R5) gives instead. */
function mergedFirst(published: Scenario, plan: Extract<Plan, { kind: 'run' }>): Plan {
  const ours = reference(published, { session: 'merged' });
  const batches = published.batches.map((batch, index) => ({ ...batch, expected: ours.batches[index] ?? [] }));
  const changed = (index: number): boolean => {
    const wanted = published.batches[index]?.expected;
    const { missing, unexpected } = wanted ? differenceOf(ours.batches[index] ?? [], wanted) : SAME;
    return missing.length + unexpected.length > 0;
  };
  if (!batches.some((_batch, index) => changed(index))) return plan;
  const all = [...ours.batches.flat(), ...ours.atEnd];
  const rows = published.mode === 'complete' ? (ours.batches.at(-1) ?? []) : lastOf(all, groupsOf(published));
  return {
    ...plan,
    scenarios: [
      { ...published, batches, expected: { ...published.expected, rows: published.mode === 'append' ? all : rows } },
    ],
    differs:
      'Spark drops a row whose own [t, t + gap) is behind the watermark, even where it joins an open session (S14); here the merged session is tested (R5), as Flink and Kafka Streams do.',
    published,
  };
}

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
    ...(window.late ? [`allow ${window.late.allow}`] : []),
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
