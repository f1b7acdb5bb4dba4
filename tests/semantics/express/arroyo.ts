import { type CaseFile, datasetOf } from '../case-file.ts';
import type { Plan, Row, Scenario } from '../scenario.ts';
import { describe, fieldsOf, windowText } from './recorded.ts';

/** Arroyo: rows of a file or of an impulse, one batch per row where the watermark trails by nothing. */
export function expressArroyo(file: CaseFile): Plan {
  const cars = !Array.isArray(file.input);
  const rows = cars ? carRows(file) : (file.input as readonly Row[]).map(withTime);
  const { window, perRow, delay } = QUERIES[file.id] ?? queryOf(file);
  const scenario: Scenario = {
    title: '',
    timeField: 'ts_ms',
    delay,
    fields: fieldsOf(rows, ['ts_ms']),
    windows: { out: window },
    output: 'out',
    mode: 'append',
    startMs: null,
    batches: perRow ? rows.map((row) => ({ rows: [row] })) : [{ rows }],
    closes: true,
    expected: { kind: 'all', rows: (file.expected as readonly Row[]).map((row) => readExpected(row)) },
  };
  const joined = file.id.includes('_join')
    ? '; both sides read one stream, so the join is two filtered aggregates'
    : '';
  const how = describe(window, scenario) + joined;
  return { kind: 'run', how, scenarios: [file.id.endsWith('_inner_join') ? innerOnly(scenario) : scenario] };
}

interface CarQuery {
  readonly window: Scenario['windows'][string];
  readonly perRow: boolean;
  readonly delay: string;
}

const SIDES: CarQuery = {
  window: {
    window: 'tumble(1h)',
    select: {
      drivers: "count_distinct(driver_id) filter (event_type = 'dropoff')",
      pickups: "count_distinct(driver_id) filter (event_type = 'pickup')",
    },
  },
  perRow: false,
  delay: '0ms',
};

const QUERIES: Readonly<Record<string, CarQuery>> = {
  arroyo_cars_hourly_by_event_type: {
    window: { window: 'tumble(1h)', by: ['event_type'], select: { count: 'count()' } },
    perRow: false,
    delay: '0ms',
  },
  arroyo_cars_month_loose_watermark: {
    window: { window: 'tumble(30d)', select: { count: 'count()' } },
    perRow: false,
    delay: '1m',
  },
  arroyo_cars_tight_watermark: {
    window: { window: 'tumble(1h)', select: { count: 'count()' } },
    perRow: true,
    delay: '0ms',
  },
  arroyo_cars_windowed_inner_join: SIDES,
  arroyo_cars_windowed_outer_join: SIDES,
};

function queryOf({ query }: CaseFile): CarQuery {
  const window = windowText(query.window);
  if (query.window?.type === 'hop')
    return {
      window: { window, select: { count: 'count()', min: 'min(counter)', max: 'max(counter)' } },
      perRow: true,
      delay: '0ms',
    };
  const by =
    query.key_expr === undefined ? {} : { by: { user_id: 'CASE WHEN counter % 10 = 0 THEN 0 ELSE counter END' } };
  return { window: { window, ...by, select: { rows: 'count()' } }, perRow: true, delay: '0ms' };
}

function carRows(file: CaseFile): Row[] {
  const { columns, input } = datasetOf(file) as unknown as { columns: string[]; input: unknown[][] };
  return input.map((cells) => withTime(Object.fromEntries(columns.map((name, index) => [name, cells[index]]))));
}

function withTime({ timestamp, ...row }: Row): Row {
  return { ...row, ts_ms: Date.parse(String(timestamp)) };
}

const UTC = (text: unknown): number => Date.parse(`${String(text)}Z`);

/** `hour`, `month`, `start` are window starts; `timestamp`, `end` are ends. */
function readExpected({ hour, month, start, timestamp, end, ...row }: Row): Row {
  const first = hour ?? month ?? start;
  const last = timestamp ?? end;
  const nulls = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value ?? 0]));
  return {
    ...nulls,
    ...(first !== undefined && { window_start_ms: UTC(first) }),
    ...(last !== undefined && { window_end_ms: UTC(last) }),
  };
}

/** The inner join has only hours with both sides. */
function innerOnly(scenario: Scenario): Scenario {
  return { ...scenario, expected: { ...scenario.expected, only: (row) => Boolean(row.drivers && row.pickups) } };
}
