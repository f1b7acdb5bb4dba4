import type { CaseFile } from '../case-file.ts';
import type { Plan, Row, Scenario } from '../scenario.ts';
import { flatten, parseErrors } from './druid-records.ts';
import { fieldsOf } from './recorded.ts';

/** Druid: granularities are windows. What is about records (flattening, errors) is in `druid-records.ts`. */
export function expressDruid(file: CaseFile): Plan {
  switch (file.id) {
    case 'druid_granularities':
      return granularities(file);
    case 'druid_kafka_transform_spec':
      return transform(file);
    case 'druid_json_flatten':
      return flatten(file);
    case 'druid_kafka_parse_exceptions_success':
      return parseErrors(file);
    case 'druid_multi_value_grouping':
      return { kind: 'waits', reason: 'lists as groups (UNNEST): a list is JSON text here' };
    case 'druid_kafka_input_format':
      return { kind: 'waits', reason: 'keys, headers and times of Kafka records as columns' };
    default:
      throw new Error(`no way to write ${file.id}`);
  }
}

const WINDOWS: Readonly<Record<string, string>> = {
  hour: 'tumble(1h)',
  day: 'tumble(day)',
  none: 'tumble(1ms)',
  all: 'global()',
  'duration 24h': 'tumble(24h)',
  'duration 24h origin 2012-01-01T00:30:00Z': 'tumble(24h, 30m)',
  'period P1D America/Los_Angeles': 'tumble(day, America/Los_Angeles)',
  'period P1D America/Los_Angeles origin 1970-01-01T20:30:00-08:00': 'tumble(day, 1230m, America/Los_Angeles)',
};

function granularities(file: CaseFile): Plan {
  const rows = (file.input as readonly Row[]).map(({ timestamp, ...row }) => ({
    ...row,
    ts_ms: Date.parse(String(timestamp)),
  }));
  const scenarios = Object.entries(file.expected as Readonly<Record<string, readonly Row[]>>).map(
    ([title, expected]): Scenario => ({
      ...BASE,
      title,
      fields: fieldsOf(rows, ['ts_ms']),
      windows: { out: { window: WINDOWS[title] ?? title, by: ['language'], select: { count: 'count()' } } },
      batches: [{ rows }],
      expected: {
        kind: 'all',
        // `all` is stamped with the start of the query's interval there; the global window has none.
        rows: expected.map(({ timestamp, ...row }) =>
          title === 'all' ? row : { ...row, window_start_ms: Date.parse(String(timestamp)) },
        ),
      },
    }),
  );
  return {
    kind: 'run',
    how: `${Object.values(WINDOWS)
      .map((text) => `\`${text}\``)
      .join(' · ')} by language`,
    scenarios,
  };
}

const BASE = {
  timeField: 'ts_ms',
  delay: '0ms',
  output: 'out',
  mode: 'append',
  startMs: null,
  closes: true,
} as const;

/** A transform is a computed field, which may shadow a field; the filter sees it. */
function transform(file: CaseFile): Plan {
  const rows = (file.input as readonly { value: Row }[]).map(({ value: { timestamp, ...value } }) => ({
    ...value,
    ts_ms: Date.parse(`${String(timestamp)}-01-01T00:00:00Z`),
  }));
  const window = {
    window: 'tumble(day)',
    compute: { dim1t: 'concat(dim1, dim1)' },
    where: "dim1 = 'b'",
    by: ['dim1', 'dim1t'],
    select: { rows: 'count()' },
  };
  const scenario: Scenario = {
    ...BASE,
    title: '',
    fields: fieldsOf(rows, ['ts_ms']),
    windows: { out: window },
    batches: [{ rows }],
    expected: {
      kind: 'all',
      rows: (file.expected as readonly { day: string; dim1: string[]; dim1t: string[] }[]).map(
        ({ day, dim1, dim1t }) => ({
          window_start_ms: Date.parse(day),
          dim1: dim1[0],
          dim1t: dim1t[0],
          rows: 1,
        }),
      ),
    },
  };
  const how = "`tumble(day)` by dim1, dim1t, compute dim1t: `concat(dim1, dim1)`, where `dim1 = 'b'`";
  return { kind: 'run', how, scenarios: [scenario] };
}
