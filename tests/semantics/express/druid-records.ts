import { decodeJson } from '../../../relay/decode/json.ts';
import { Rejected } from '../../../relay/decode/rejected.ts';
import { Shaper, type ShapeSpec } from '../../../relay/shape/shaper.ts';
import type { CaseFile } from '../case-file.ts';
import type { Plan, Row, Scenario } from '../scenario.ts';
import { fieldsOf } from './recorded.ts';

/** Druid's parsing of records, by the relay's own decoding and shaping: bytes → rows and dead letters. */
interface Shaped {
  readonly rows: readonly Row[];
  readonly deadLetters: number;
}

function shaped(values: readonly (string | null)[], fields: ShapeSpec['fields']): Shaped {
  const shaper = new Shaper({ stream: 'events', time: { field: 'timestamp', format: 'iso' }, fields, topics: false });
  const records = values.map((value, offset) => ({
    record: { offset, topic: 't', timestampMs: 0, key: null, value: null },
    fields: decodeJson(value === null ? null : Buffer.from(value)),
  }));
  for (const { record, fields: decoded } of records) if (!(decoded instanceof Rejected)) shaper.sample(record, decoded);
  shaper.settle();
  const names = (): string[] =>
    shaper.schema?.fields.map(({ name }) => name).filter((name) => name !== 'timestamp') ?? [];
  const rows: Row[] = [];
  for (const { record, fields: decoded } of records) {
    const row = decoded instanceof Rejected ? decoded : shaper.shape(record, decoded);
    if (row instanceof Rejected) continue;
    const cells = names().map((name, index) => [name, row.cells[index] ?? null]);
    rows.push({ ts_ms: row.eventTimeUs / 1000, ...Object.fromEntries(cells) });
  }
  return { rows, deadLetters: values.length - rows.length };
}

const BASE = {
  title: '',
  timeField: 'ts_ms',
  delay: '0ms',
  output: 'out',
  mode: 'append',
  startMs: null,
  closes: true,
} as const;

/** Objects are flattened by the relay; a second name for a value is a computed field. */
export function flatten(file: CaseFile): Plan {
  const fields = { foo: 'string', bar: 'string', baz: 'int64', baz2: 'string', o_mg2: 'string' } as const;
  const { rows } = shaped(
    (file.input as readonly Row[]).map((row) => JSON.stringify(row)),
    fields,
  );
  const by: Record<string, string> = { foo: 'foo', baz: 'baz::VARCHAR' };
  for (const kind of ['root', 'tree']) {
    by[`${kind}_baz`] = 'baz::VARCHAR';
    by[`${kind}_baz2`] = 'baz2';
  }
  for (const kind of ['path', 'jq', 'tree']) {
    by[`${kind}_omg`] = 'o_mg::VARCHAR';
    by[`${kind}_omg2`] = 'o_mg2';
  }
  const scenario: Scenario = {
    ...BASE,
    fields: { ...fieldsOf(rows, ['ts_ms']), ...fields },
    windows: { out: { window: 'tumble(1ms)', by, select: { rows: 'count()' } } },
    batches: [{ rows }],
    expected: {
      kind: 'all',
      rows: (file.expected as readonly Row[]).map(({ __time, ...row }) => ({
        window_start_ms: Date.parse(String(__time)),
        // An absent path is an empty dimension there, null here.
        ...Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Array.isArray(value) ? null : value])),
      })),
    },
  };
  const how = 'relay flattening (`o.mg` is `o_mg`), computed fields for second names; one object per record';
  return { kind: 'run', how, scenarios: [scenario] };
}

/** What is no row is a dead letter; a text that is no number is null where a number is asked of it. */
export function parseErrors(file: CaseFile): Plan {
  const values = (file.input as readonly { value: unknown }[]).map(({ value }) => textOf(value));
  const { rows, deadLetters } = shaped(values, undefined);
  const stats = file.expected_row_stats as Record<string, number>;
  const count = (name: string): number => stats[name] ?? 0;
  const days = (file.expected as readonly { day: string }[]).map(({ day }) => Date.parse(day));
  const scenario: Scenario = {
    ...BASE,
    fields: fieldsOf(rows, ['ts_ms']),
    windows: {
      out: {
        window: 'tumble(day)',
        compute: {
          long: 'TRY_CAST(dimLong AS BIGINT)',
          float: 'TRY_CAST(dimFloat AS DOUBLE)',
          met: 'TRY_CAST(met1 AS DOUBLE)',
        },
        select: { rows: 'count()', whole: 'count_if(long + float + met IS NOT NULL)' },
      },
    },
    batches: [{ rows }],
    expected: {
      kind: 'all',
      // Whole rows per day are not said by the case; their sums over the days are, below.
      rows: days.map((window_start_ms) => ({ window_start_ms })),
      sums: { rows: count('processed') + count('processedWithError'), whole: count('processed') },
    },
  };
  return {
    kind: 'run',
    how: 'relay decoding (years written as dates), `tumble(day)`, numbers by TRY_CAST in computed fields; thrown away (a null record) is a dead letter too',
    scenarios: [scenario],
    checks: [{ what: 'dead letters', found: deadLetters, wanted: count('unparseable') + count('thrownAway') }],
  };
}

/** As sent; a year alone, which Druid takes for a date, is written as one. */
function textOf(value: unknown): string | null {
  if (value === null || typeof value === 'string') return value;
  const { timestamp, ...row } = value as Row;
  const date = /^\d{4}$/.test(String(timestamp)) ? `${String(timestamp)}-01-01` : timestamp;
  return JSON.stringify({ timestamp: date, ...row });
}
