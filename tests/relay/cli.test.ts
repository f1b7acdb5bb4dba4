import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { CaseFile } from '../semantics/case-file.ts';
import { windowOf } from '../semantics/express/recorded.ts';
import { begin, cli, ended, folderOf, rowsOf } from './cli-run.ts';

const FIXTURES = resolve(import.meta.dirname, '../fixtures/semantics');

const COUNTS = `
streams:
  events: { source: "kafka://nowhere:9092/events", time: { field: ts_ms, format: millis, delay: 0s } }
windows:
  counts: { from: events, window: tumble(10s), by: [k], select: { n: count(), total: sum(v) } }
`;

function lines(...records: readonly unknown[]): string {
  return records.map((record) => (record === '' ? '\n' : `${JSON.stringify(record)}\n`)).join('');
}

function event(seconds: number, k: string | null = 'a', v = 1) {
  return { ts_ms: seconds * 1000, k, v };
}

/** What other engines say, in the columns of an emitted row. */
function published(rows: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  return rows.map(({ window_start_ms, window_end_ms, ...columns }) => ({
    window_start: new Date(Number(window_start_ms)).toISOString(),
    window_end: new Date(Number(window_end_ms)).toISOString(),
    ...columns,
  }));
}

function sorted(rows: readonly Record<string, unknown>[]): string[] {
  return rows.map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();
}

test.each([
  ['spark_run_hop_append_2', ['--keep-open'], '\n'],
  ['flink_run_session_append_0', ['--batch', '1'], ''],
  ['flink_run_hop_append_0', ['--batch', '1'], ''],
])('H1 H2 %s: the rows a real engine gave, from lines on stdin', async (name, args, between) => {
  const file = JSON.parse(await readFile(join(FIXTURES, `${name}.json`), 'utf8')) as CaseFile;
  const delay = `${file.query.watermark_delay_ms}ms`;
  const config = {
    streams: { events: { source: 'x', time: { field: 'ts_ms', format: 'millis', delay } } },
    windows: { w: { from: 'events', ...windowOf(file) } },
  };
  const input = (file.steps ?? []).map((step) => lines(...step.input)).join(between);
  const ran = await cli(
    ['run', '--config', 'h.yaml', '--window', 'w', '--mode', 'append', ...args],
    { 'h.yaml': JSON.stringify(config) },
    input,
  );
  expect(ran.stderr).toMatch(/^\d+ records, /);
  expect(ran.code).toBe(0);
  const rows = rowsOf(ran).map(({ state, revision, ...row }) => {
    expect([state, revision]).toEqual(['final', 0]);
    return row;
  });
  expect(rows.length).toBeGreaterThan(0);
  expect(sorted(rows)).toEqual(sorted(published(file.expected as Record<string, unknown>[])));
});

test('H2 lateness is judged by the watermark before the batch, and the end of the input closes every window', async () => {
  const input = lines(event(5), event(25), event(6), '', event(7), event(31, 'b'), event(8));
  const files = { 'h.yaml': COUNTS, 'e.jsonl': input };
  const run = (...args: string[]) =>
    cli(['run', '--config', 'h.yaml', '--input', 'e.jsonl', '--mode', 'append', ...args], files);
  const said = /^6 records, 6 rows, 0 dead letters; 2 rows too late \(2 window assignments\), 0 duplicates\n$/;

  const closed = await run();
  expect(rowsOf(closed).map(({ _window, window_start, k, n, state }) => [_window, window_start, k, n, state])).toEqual([
    ['counts', '1970-01-01T00:00:00.000Z', 'a', 2, 'final'],
    ['counts', '1970-01-01T00:00:20.000Z', 'a', 1, 'final'],
    ['counts', '1970-01-01T00:00:30.000Z', 'b', 1, 'final'],
  ]);
  expect(closed.stderr).toMatch(said);

  const open = await run('--keep-open', '--window', 'counts', '--batch', '1');
  expect(rowsOf(open).map(({ _window, k, n }) => [_window, k, n])).toEqual([
    [undefined, 'a', 1],
    [undefined, 'a', 1],
  ]);
  expect(open.stderr).toContain('; 3 rows too late');
});

test('H2 update puts out what has changed after each batch, complete everything, revised rows say how often', async () => {
  const config = COUNTS.replace('select:', 'late: { allow: 1m }, select:');
  const files = { 'h.yaml': config, 'e.jsonl': lines(event(5), '', event(25), '', event(6)) };
  const run = async (mode: string) =>
    rowsOf(await cli(['run', '--config', 'h.yaml', '--input', 'e.jsonl', '--mode', mode, '--keep-open'], files)).map(
      ({ window_start, n, state, revision }) => `${String(window_start).slice(17, 19)} ${n} ${state} ${revision}`,
    );
  expect(await run('update')).toEqual(['00 1 provisional 0', '20 1 provisional 0', '00 2 revised 1']);
  expect(await run('complete')).toEqual([
    ...['00 1 provisional 0'],
    ...['00 1 final 0', '20 1 provisional 0'],
    ...['00 2 revised 1', '20 1 provisional 0'],
  ]);
});

test('H3 partitions hold the watermark back, dealt out by turns or by a field', async () => {
  // One partition is ahead of the other by 40 s, and its records come first.
  const input = lines(event(1, 'a'), event(2, 'b'), event(41, 'a'), event(3, 'b'), event(51, 'a'), event(4, 'b'));
  const files = { 'h.yaml': COUNTS, 'e.jsonl': input };
  const run = async (...args: string[]) => {
    const ran = await cli(
      ['run', '--config', 'h.yaml', '--input', 'e.jsonl', '--batch', '1', '--mode', 'append', ...args],
      files,
    );
    return { n: rowsOf(ran).map(({ k, n }) => `${k}${n}`), stderr: ran.stderr };
  };
  expect(await run()).toMatchObject({
    n: ['a1', 'b1', 'a1', 'a1'],
    stderr: expect.stringContaining('; 2 rows too late'),
  });
  const whole = { n: ['a1', 'b3', 'a1', 'a1'], stderr: expect.stringContaining('; 0 rows too late') };
  expect(await run('--partitions', '2')).toMatchObject(whole);
  expect(await run('--partitions', 'k')).toMatchObject(whole);
});

test('H4 what is no row is counted and told, and stops nothing; --strict says so in the end', async () => {
  const input = `{"ts_ms": 1000, "k": "a", "v": 1}\n{"ts_ms": 2000, "k": "a", "v": \n[1]\n{"k": "a"}\n{"ts_ms": 3000, "k": "a", "v": 2}`;
  const files = { 'h.yaml': COUNTS, 'e.jsonl': input };
  const said =
    /^5 records, 2 rows, 3 dead letters \(the first at line 2: the record is not JSON: .*\); 0 rows too late \(0 window assignments\), 0 duplicates\n$/;
  const ran = await cli(['run', '--config', 'h.yaml', '--input', 'e.jsonl', '--strict'], files);
  expect(rowsOf(ran)).toMatchObject([{ k: 'a', n: 2, total: 3 }]);
  expect(ran.stderr).toMatch(said);
  expect(ran.code).toBe(3);
});

test('H5 integers beyond 2^53 are exact from end to end, top_k is a list, approximations say their bound', async () => {
  const config = `
streams:
  events: { source: x, time: { field: at }, fields: { k: string, v: int64, f: float64, at: timestamp } }
windows:
  w:
    from: events
    window: global()
    select: { total: sum(v), most: max(v), top: "top_k(k, 2)", last: last(at), q: "quantile(f, 0.5)", none: sum(f) / count_if(k = 'z') }
`;
  const input = [
    '{"at":"2020-10-10T00:00:05.000001Z","k":"b","v":9007199254740993,"f":100.5}',
    '{"at":"2020-10-10T00:00:04Z","k":"b","v":9007199254740992,"f":101.5}',
    '{"at":"2020-10-10T00:00:03Z","k":"a","v":-1,"f":102.5}',
    // Medians of many values are approximate.
    ...Array.from(
      { length: 300 },
      (_, index) => `{"at":"2020-10-10T00:00:00Z","k":null,"v":0,"f":${100 + index / 100}}`,
    ),
  ].join('\n');
  const ran = await cli(['run', '--config', 'h.yaml', '--window', 'w'], { 'h.yaml': config }, input);
  expect(ran.stdout).toMatch(
    /^\{"window_start":null,"window_end":null,"total":18014398509481984,"most":9007199254740993,"top":\[\{"value":"b","count":2\},\{"value":"a","count":1\}\],"last":"2020-10-10T00:00:05\.000001Z","q":10\d[.\d]*,"none":null,"state":"\w+","revision":0,"_errors":\{"q":0\.01\}\}\n/,
  );
});

test('H6 several streams have an input each, and windows over windows are computed with theirs', async () => {
  const config = `
streams:
  orders: { source: x, time: { field: ts, delay: 0s } }
  visits: { source: x, time: { field: ts, delay: 0s } }
windows:
  seconds: { from: orders, window: tumble(1s), select: { n: count() } }
  minutes: { from: seconds, window: tumble(1m), select: { most: max(n) } }
  pages: { from: visits, window: tumble(1m), by: [page], select: { n: count() } }
`;
  const orders = lines(...[0, 0, 1, 2, 61].map((second) => ({ ts: 1_700_000_040 + second })));
  const visits = lines({ ts: 1_700_000_040, page: 'home' });
  const files = { 'h.yaml': config, 'o.jsonl': orders };
  const ran = await cli(
    ['run', '--config', 'h.yaml', '--input', 'orders=o.jsonl', '--input', 'visits=-', '--mode', 'append'],
    files,
    visits,
  );
  expect(rowsOf(ran).map(({ _window, n, most }) => [_window, n ?? most])).toEqual([
    ['seconds', 2],
    ['seconds', 1],
    ['seconds', 1],
    ['minutes', 2],
    ['seconds', 1],
    ['minutes', 1],
    ['pages', 1],
  ]);
  expect(ran.stderr).toMatch(
    /^orders: 5 records, .*; visits: 1 record, .*; 3 windows: nothing too late, no duplicates\n$/,
  );

  const alone = await cli(['run', '--config', 'h.yaml', '--window', 'minutes', '--mode', 'append'], files, orders);
  expect(rowsOf(alone).map(({ most }) => most)).toEqual([2, 1]);
});

test('H6 complete: a window two windows from its stream has the same rows alone as among all', async () => {
  const config = `
streams:
  orders: { source: x, time: { field: ts, delay: 0s } }
windows:
  seconds: { from: orders, window: tumble(1s), by: [k], select: { n: count() } }
  minutes: { from: seconds, window: tumble(1m), by: [k], select: { most: max(n), n: sum(n) } }
  hours: { from: minutes, window: tumble(1h), select: { most: max(most), n: sum(n) } }
`;
  // The batches bring rows for seconds that have ended, in minutes that have not, and the other way round.
  const seconds = [
    [0, 0, 1],
    [30, 0, 90],
    [59, 45, 3700],
    [100, 1, 3700, 7300],
  ];
  const batches = seconds.map((batch) =>
    lines(...batch.map((second, index) => ({ ts: 1_700_002_800 + second, k: index % 2 === 0 ? 'a' : 'b' }))),
  );
  const files = { 'h.yaml': config, 'o.jsonl': batches.join('\n') };
  for (const more of [[], ['--keep-open']]) {
    const run = async (...args: string[]) =>
      rowsOf(
        await cli(['run', '--config', 'h.yaml', '--input', 'o.jsonl', '--mode', 'complete', ...more, ...args], files),
      );
    const among = (await run()).filter(({ _window }) => _window === 'hours').map(({ _window, ...row }) => row);
    expect(among).toEqual(await run('--window', 'hours'));
    expect(among.slice(0, 4).map(({ most, n, state }) => [most, n, state])).toEqual([
      [1, 4, 'provisional'],
      [1, 5, 'final'],
      [1, 5, 'final'],
      [2, 2, 'final'],
    ]);
  }
});

test('a field that comes later and an integer that becomes a fraction change no window but their own', async () => {
  const many = Array.from({ length: 300 }, (_, index) => event(index / 100, 'a', 1));
  const input = lines(...many, { ...event(4), v: 0.5, extra: 'x' }, event(5, 'b'));
  const ran = await cli(
    ['run', '--config', 'h.yaml', '--batch', '100', '--mode', 'append'],
    { 'h.yaml': COUNTS },
    input,
  );
  expect(rowsOf(ran).map(({ k, n, total }) => [k, n, total])).toEqual([
    ['a', 301, 300.5],
    ['b', 1, 1],
  ]);
});

test('H7 every problem of a configuration is told with its place, and ends with status 1', async () => {
  const bad = await cli(['run', '--config', 'h.yaml'], {
    'h.yaml':
      'streams:\n  events: { source: x, tme: 1 }\nwindows:\n  w:\n    from: event\n    window: tumbl(1m)\n    select: { n: count() }\n',
  });
  expect(bad).toMatchObject({ code: 1, stdout: '' });
  expect(bad.stderr).toMatch(/^3 problems:\n {2}h\.yaml:2:24 streams\.events\.tme: found an unknown key "tme"/);
  expect(bad.stderr).toMatch(/\n {2}h\.yaml:5:11 windows\.w\.from: found "event", expected .*did you mean events\?\n/);
  expect(bad.stderr).toMatch(/\n {2}h\.yaml:6:13 windows\.w\.window: found "tumbl\(1m\)", expected /);

  const planned = await cli(
    ['run', '--config', 'h.yaml'],
    {
      'h.yaml': `${COUNTS}  b:\n    from: events\n    window: tumble(1m)\n    by: [k, knd]\n    select: { n: count() }\n  c: { from: events, window: tumble(1m), where: v + 1, select: { n: count() } }\n`,
    },
    lines({ ...event(1), kind: 'x' }),
  );
  expect(planned).toMatchObject({ code: 1, stdout: '' });
  expect(planned.stderr).toMatch(
    /^2 problems:\n {2}h\.yaml:9:13 windows\.b\.by: found "knd": no column "knd", expected a column of events; did you mean kind\?\n/,
  );
  expect(planned.stderr).toMatch(/\n {2}h\.yaml:11:49 windows\.c\.where: found "v \+ 1": a condition is true or false/);
});

test.each([
  [['run', '--config', 'none.yaml'], 1, /^none\.yaml cannot be read: there is no such file/],
  [['run', '--window', 'count'], 1, /--window: found "count", expected a window; did you mean counts\?/],
  [['run', '--mode', 'appnd'], 1, /Allowed choices are update, append, complete/],
  [['run', '--batch', '0'], 1, /Expected a whole number from 1 on/],
  [['run', '--partitions', '0'], 1, /Expected a number from 1 to 1024, or a field/],
  [['run', '--nonsense'], 1, /unknown option '--nonsense'/],
  [['rn'], 1, /unknown command 'rn'/],
  [['run', '--input', 'none.jsonl'], 2, /^none\.jsonl cannot be read: there is no such file/],
  [['run', '--input', '.'], 2, /^\. cannot be read: it is a folder/],
] as const)('H7 %j ends with status %i and one message', async (args, code, message) => {
  const ran = await cli(args, { 'highwater.yaml': COUNTS });
  expect(ran.stderr).toMatch(message);
  expect(ran.stderr).not.toMatch(/ {4}at /);
  expect(ran).toMatchObject({ code, stdout: '' });
});

test('without a command it says what there is, and start starts the relay', async () => {
  const help = await cli([]);
  expect(help.code).toBe(0);
  expect(help.stdout).toMatch(/run \[options\][\s\S]*run windows over JSON lines/);
  const start = await cli(['start', '--port', 'x']);
  expect(start.stderr).toMatch(/Expected a whole number from 0 to 65535/);
  expect(start.code).toBe(2);
});

test('--explain prints fields and plan, from records or from what is declared', async () => {
  const inferred = await cli(
    ['run', '--config', 'h.yaml', '--explain', '--input', '-'],
    { 'h.yaml': COUNTS },
    lines(event(1)),
  );
  expect(inferred.stdout).toMatch(
    /^stream events, its fields as the first records have them\n {2}ts_ms {2}timestamp {2}\(event time\)\n {2}k {6}string\n {2}v {6}int64\n\n[\s\S]*counts/,
  );
  expect(inferred.code).toBe(0);

  const declared = COUNTS.replace('delay: 0s }', 'delay: 0s }, fields: { k: string, v: float64 }');
  const dry = await cli(['run', '--config', 'h.yaml', '--explain'], { 'h.yaml': declared });
  expect(dry.stdout).toMatch(
    /^stream events\n {2}ts_ms {2}timestamp {2}\(event time\)\n {2}k {6}string\n {2}v {6}float64\n/,
  );
});

test('no records: no rows, no problem', async () => {
  const ran = await cli(['run', '--config', 'h.yaml'], { 'h.yaml': COUNTS });
  expect(ran).toMatchObject({ code: 0, stdout: '' });
  expect(ran.stderr).toMatch(/^0 records, 0 rows, 0 dead letters/);
});

/** `count` events, 100 of a second. */
function many(from: number, count: number): string {
  return Array.from({ length: count }, (_, index) => JSON.stringify(event((from + index) / 100, `k${index % 7}`))).join(
    '\n',
  );
}

test('a reader that goes away ends it quietly', async () => {
  const child = begin(['run', '--config', 'h.yaml', '--batch', '10'], await folderOf({ 'h.yaml': COUNTS }));
  child.stdin.end(many(0, 20_000));
  const done = ended(child);
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const { code, stderr } = await done;
  expect(stderr).toBe('');
  expect(code).toBe(0);
});

test('an interrupt ends it with the summary, and closes no window', async () => {
  const child = begin(
    ['run', '--config', 'h.yaml', '--batch', '100', '--mode', 'append'],
    await folderOf({ 'h.yaml': COUNTS }),
  );
  const done = ended(child);
  child.stdin.write(`${many(0, 500)}\n${many(100_000, 100)}\n`);
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  const { code, stdout, stderr } = await done;
  expect(stderr).toMatch(/^interrupted: 600 records, 600 rows, /);
  expect(stdout).not.toContain('1970-01-01T00:16:40');
  expect(code).toBe(130);
});

test('H8 it reads no faster than it counts, and no faster than its rows are taken', async () => {
  const child = begin(
    ['run', '--config', 'h.yaml', '--mode', 'complete', '--batch', '100'],
    await folderOf({ 'h.yaml': COUNTS }),
  );
  const piece = `${many(0, 5_000)}\n`;
  const MOST = 16 * 2 ** 20;
  let sent = 0;
  const offer = () => {
    while (child.stdin.write(piece)) sent += piece.length;
    sent += piece.length;
  };
  child.stdin.on('drain', offer);
  offer();
  // Its rows are many, and nobody takes them: once the pipe is full, it stops asking for more.
  await once(child.stdout, 'readable');
  let before = -1;
  while (before !== sent && sent < MOST) {
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  expect(sent).toBeLessThan(MOST);
});
