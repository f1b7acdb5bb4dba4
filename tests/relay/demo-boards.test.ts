import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { readConfig } from '../../relay/config.ts';
import { SIMULATORS, type SimulatorName } from '../../relay/demo/simulators.ts';
import { Native } from '../property/support/native.ts';

/**
 * What the boards that ship show is what SQL says of the same events: each board's windows over some simulated minutes, run
 * without a browser, against DuckDB as a library, which shares nothing with the engine.
 */
const ROOT = resolve(import.meta.dirname, '../..');
const START_MS = Date.UTC(2026, 4, 12, 9);
const MINUTES = 6;

interface Compared {
  readonly window: string;
  /** Columns of the window to compare; rows are told apart by the first of them and when they began. */
  readonly columns: readonly string[];
  /** One row per window: `start` first, then the columns. `events` has all events, `happened` when they happened. */
  readonly sql: string;
}

const bucket = (size: string) => `time_bucket(INTERVAL '${size}', happened) AS start`;

/** Of windows over windows: the last told in each of them. */
const lastOf = (by: string, state: string, event: string, size = '10s') =>
  `SELECT ${bucket(size)}, ${by}, arg_max(${state}, (happened, n)) AS status FROM events WHERE event = '${event}' GROUP BY ALL`;

const COMPARED: Readonly<Record<SimulatorName, readonly Compared[]>> = {
  shop: [
    {
      window: 'shop_now',
      columns: ['visitors', 'orders', 'revenue', 'failed', 'payments'],
      sql: `SELECT ${bucket('10s')}, count(DISTINCT user_id), count(*) FILTER (action = 'purchase'), sum(price) FILTER (action = 'purchase'),
        count(*) FILTER (payment = 'failed'), count(payment) FROM events GROUP BY ALL`,
    },
    {
      window: 'shop_by_campaign',
      columns: ['campaign', 'orders', 'revenue'],
      sql: `SELECT ${bucket('1m')}, campaign, count(*), sum(price) FROM events WHERE action = 'purchase' GROUP BY ALL`,
    },
    {
      window: 'shop_failed_payments',
      columns: ['user_id', 'failed', 'products', 'amount'],
      sql: `SELECT ${bucket('1m')}, user_id, count(*), count(DISTINCT product), sum(price) FROM events
        WHERE payment = 'failed' GROUP BY ALL`,
    },
    {
      window: 'shop_latency_spread',
      columns: ['bucket_ms', 'events'],
      sql: `SELECT ${bucket('30s')}, list_max([edge FOR edge IN [0, 25, 50, 75, 100, 150, 250] IF edge <= latency_ms]), count(*)
        FROM events GROUP BY ALL`,
    },
  ],
  factory: [
    {
      window: 'factory_oee',
      columns: ['machine', 'parts', 'good', 'availability', 'performance', 'oee', 'plan', 'per_part'],
      sql: `SELECT start, machine, parts, good, running / nullif(planned, 0), best / nullif(running, 0),
          running / nullif(planned, 0) * (best / nullif(running, 0)) * (good / nullif(parts, 0)), plan, energy * 1000 / nullif(good, 0)
        FROM (SELECT ${bucket('10s')}, machine, count(part) AS parts, count(*) FILTER (part = 'good') AS good,
          sum(running_s) AS running, sum(planned_s) AS planned, sum(ideal_cycle_s) AS best, sum(planned_parts) AS plan,
          sum(energy_kwh) AS energy FROM events GROUP BY ALL)`,
    },
    {
      window: 'factory_states',
      columns: ['machine', 'status'],
      sql: `SELECT ${bucket('5s')}, machine, arg_max(state, (happened, n)) FROM events GROUP BY ALL`,
    },
    {
      window: 'factory_spc',
      columns: ['mean', 'spread', 'parts'],
      sql: `SELECT ${bucket('15s')}, avg(diameter_mm), CASE WHEN count(*) > 1 THEN stddev_samp(diameter_mm) END, count(*)
        FROM events WHERE machine = 'A3-grinder' AND diameter_mm IS NOT NULL GROUP BY ALL`,
    },
    {
      window: 'factory_losses',
      columns: ['reason', 'minutes'],
      sql: `SELECT ${bucket('30s')}, reason, sum(planned_s - running_s) / 60 FROM events
        WHERE event = 'telemetry' AND planned_s > running_s AND reason IS NOT NULL GROUP BY ALL`,
    },
  ],
  warehouse: [
    {
      window: 'warehouse_flow',
      columns: ['came', 'left', 'in_time_orders'],
      sql: `SELECT ${bucket('10s')}, count(*) FILTER (event = 'order_in'), count(*) FILTER (event = 'order_out'), count(*) FILTER (in_time)
        FROM (SELECT DISTINCT ON (event_id) * FROM events WHERE event IN ('order_in', 'order_out') ORDER BY event_id, n) GROUP BY ALL`,
    },
    {
      window: 'warehouse_picks',
      columns: ['picker', 'picks', 'seconds', 'per_hour'],
      sql: `SELECT ${bucket('30s')}, picker, count(*), avg(pick_s), 3600 * count(*) / sum(pick_s) FROM events
        WHERE event = 'pick' GROUP BY ALL`,
    },
    {
      window: 'warehouse_doors_busy',
      columns: ['doors', 'busy', 'blocked', 'use'],
      sql: `SELECT start, count(*), count(*) FILTER (status IN ('loading', 'unloading', 'docked')), count(*) FILTER (status = 'blocked'),
          count(*) FILTER (status IN ('loading', 'unloading', 'docked')) / count(*)
        FROM (${lastOf('door', 'door_state', 'door')}) GROUP BY ALL`,
    },
    {
      window: 'warehouse_trucks',
      columns: ['carrier', 'trucks', 'delay', 'worst'],
      sql: `SELECT ${bucket('1m')}, carrier, count(*), avg(delay_min), max(delay_min) FROM events
        WHERE event = 'truck_arrived' GROUP BY ALL`,
    },
  ],
  hospital: [
    {
      window: 'hospital_wards',
      columns: ['ward', 'beds', 'occupied', 'free', 'use'],
      sql: `SELECT start, ward, count(*), count(*) FILTER (status = 'occupied'), count(*) FILTER (status = 'free'),
          count(*) FILTER (status = 'occupied') / nullif(count(*) FILTER (status <> 'closed'), 0)
        FROM (${lastOf('ward, bed', 'bed_state', 'bed', '30s')}) GROUP BY ALL`,
    },
    {
      window: 'hospital_fleet_states',
      columns: ['status', 'ambulances'],
      sql: `SELECT start, status, count(*) FROM (${lastOf('ambulance', 'ambulance_state', 'ambulance')}) GROUP BY ALL`,
    },
    {
      window: 'hospital_waiting_now',
      columns: ['people', 'longest'],
      sql: `SELECT start, sum(people), max(longest) FROM (SELECT ${bucket('10s')}, hospital, arg_max(waiting, (happened, n)) AS people,
        arg_max(longest_min, (happened, n)) AS longest FROM events WHERE event = 'waiting' GROUP BY ALL) GROUP BY ALL`,
    },
    {
      window: 'hospital_triage',
      columns: ['triage', 'patients', 'in_time', 'target'],
      sql: `SELECT ${bucket('1m')}, triage, count(*), count(*) FILTER (in_time) / count(*), max(target_min) FROM events
        WHERE event = 'seen' GROUP BY ALL`,
    },
  ],
};

/** Runs every window of a board over a file of events, all of them in one batch: nothing is too late. */
async function runBoard(name: SimulatorName, folder: string): Promise<Map<string, Record<string, unknown>[]>> {
  const { streams, boards } = await readConfig(join(ROOT, 'boards', `demo-${name}.yaml`));
  const [stream = ''] = Object.keys(streams);
  const { source: _, ...spec } = streams[stream] ?? { source: '' };
  const config = {
    streams: { [stream]: { ...spec, source: 'file:events.jsonl' } },
    windows: boards?.[name]?.windows,
  };
  await writeFile(join(folder, 'highwater.yaml'), JSON.stringify(config));
  const args = ['--config', join(folder, 'highwater.yaml'), '--input', join(folder, 'events.jsonl')];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['relay/cli/main.ts', 'run', ...args, '--mode', 'append', '--batch', '10000000'],
    { cwd: ROOT, maxBuffer: 2 ** 28 },
  );
  const rows = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return Map.groupBy(rows, ({ _window }) => String(_window));
}

/** Numbers as far as sums in another order agree. */
function comparable(cells: readonly unknown[]): string {
  return JSON.stringify(
    cells.map((cell) => {
      if (cell instanceof Date) return cell.getTime();
      if (typeof cell === 'bigint') return Number(cell);
      return typeof cell === 'number' ? Number(cell.toPrecision(9)) : cell;
    }),
  );
}

test.each(Object.keys(COMPARED) as SimulatorName[])(
  'what the %s board shows is what SQL says of the same events',
  async (name) => {
    const folder = await mkdtemp(join(tmpdir(), 'highwater-boards-'));
    const native = await Native.open();
    try {
      const { create, defaultRate } = SIMULATORS[name];
      const simulation = create({ seed: 11, rate: defaultRate / 2, startMs: START_MS, rateAtMs: START_MS });
      const lines = simulation.until(START_MS + MINUTES * 60_000).map(({ event }) => JSON.stringify(event));
      const path = join(folder, 'events.jsonl');
      await writeFile(path, `${lines.join('\n')}\n`);
      expect((await readFile(path, 'utf8')).length).toBeGreaterThan(50_000);
      await native.run(`CREATE TABLE events AS SELECT * EXCLUDE (timestamp), row_number() OVER () AS n, timestamp::TIMESTAMP AS happened
        FROM read_ndjson('${path}', sample_size = -1) WHERE try_cast(timestamp AS TIMESTAMP) IS NOT NULL
        ${name === 'shop' ? 'AND try_cast(latency_ms AS BIGINT) IS NOT NULL' : ''}`);
      if (name === 'shop') await native.run('ALTER TABLE events ALTER latency_ms TYPE BIGINT');
      const windows = await runBoard(name, folder);
      for (const { window, columns, sql } of COMPARED[name]) {
        const shown = (windows.get(window) ?? []).map((row) =>
          comparable([new Date(String(row.window_start)), ...columns.map((column) => row[column] ?? null)]),
        );
        const right = (await native.rows(sql)).map((row) => comparable(Object.values(row)));
        expect(shown.length, window).toBeGreaterThan(2);
        expect(
          {
            more: shown.filter((row) => !right.includes(row)).slice(0, 5),
            fewer: right.filter((row) => !shown.includes(row)).slice(0, 5),
          },
          window,
        ).toEqual({ more: [], fewer: [] });
        expect(shown.length, window).toBe(right.length);
      }
    } finally {
      native.close();
      await rm(folder, { recursive: true });
    }
  },
  120_000,
);
