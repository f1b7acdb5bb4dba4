import { expect, test } from 'vitest';
import { formatProblem, loadBoard, loadConfig } from './load.ts';

function problemsOf(text: string): string[] {
  const loaded = loadConfig(text, (source) =>
    source.startsWith('kafka:') ? [] : [{ found: 'a source of another kind', expected: 'kafka://…' }],
  );
  return 'problems' in loaded ? loaded.problems.map((problem) => formatProblem('highwater.yaml', problem)) : [];
}

test('every problem of a configuration is told at once, each with its place', () => {
  const text = `streams:
  user_events:
    source: kfka://localhost:9092/user_events
    frm: latest
    time: { field: timestamp, delay: soon }
    fields:
      price: number
windows:
  actions:
    from: user_event
    window: tumble(1x)
    by: [action]
    select: { events: count(), users: countd(user_id) }
  empty:
    from: user_events
    window: tumble(1m)
    select: {}
bords: boards/*.yaml
`;
  expect(problemsOf(text)).toEqual([
    'highwater.yaml:3:13 streams.user_events.source: found a source of another kind, expected kafka://…',
    'highwater.yaml:4:5 streams.user_events.frm: found an unknown key "frm", expected a known key; did you mean from?',
    'highwater.yaml:5:38 streams.user_events.time.delay: found "soon", expected a duration such as 250ms, 10s, 1m, 1.5h or 1d',
    'highwater.yaml:7:14 streams.user_events.fields.price: found "number", expected int64, float64, string, bool or timestamp; did you mean float64?, or a map such as { type: float64, unit: ms }',
    'highwater.yaml:10:11 windows.actions.from: found "user_event", expected a stream or a window; did you mean user_events?',
    'highwater.yaml:11:13 windows.actions.window: found "1x", expected the size of tumble(…) to be a duration such as 10s, 1m, 1.5h or 1d, or one of day, week, month, quarter, year',
    expect.stringMatching(/^highwater.yaml:13:39 windows.actions.select.users: found "countd\(user_id\)", expected /),
    'highwater.yaml:17:13 windows.empty.select: found "nothing", expected at least one aggregate, such as events: count()',
    'highwater.yaml:18:1 bords: found an unknown key "bords", expected a known key; did you mean boards?',
  ]);
});

test('text that is no YAML, and a file without streams, say so', () => {
  expect(problemsOf('streams: {a: [}')[0]).toMatch(
    /^highwater.yaml:1:\d+ found a { or \[ that is not closed, expected/,
  );
  expect(problemsOf('')).toEqual([
    'highwater.yaml:1:1 streams: found nothing, expected a map of names, such as events: { source: kafka://localhost:9092/events }',
  ]);
  expect(problemsOf('streams: {}')[0]).toMatch(/1:10 streams: found no stream, expected at least one/);
  expect(problemsOf('streams: {a-b: {source: "kafka://h/t"}}')[0]).toMatch(/expected a name of letters, digits and _/);
});

test('a good file comes out with its defaults and its windows parsed', () => {
  const loaded = loadConfig(
    '{"streams": {"s": {"source": "kafka://h/t"}}, "windows": {"w": {"from": "s", "window": "tumble(5m)", "select": {"n": "count()"}}}}',
  );
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  expect(loaded.config.streams.s).toMatchObject({
    from: 'earliest',
    speed: 'max',
    time: { format: 'auto', delay: '10s', idle: '5s' },
  });
  expect(loaded.windows.w).toMatchObject({ from: 's', shape: { kind: 'tumble', sizeUs: 300e6 } });
});

test('a board’s panels are checked against the windows and streams there are', () => {
  const windows = {
    w: { from: 's', window: 'tumble(1m)', by: ['action'], select: { events: 'count()' }, late: { allow: '0s' } },
  };
  const text = `title: Shop
windows:
  own: { from: t, window: tumble(1m), select: { n: count() } }
panels:
  - { kind: stat, title: A, w: 6, h: 4, window: w, value: event }
  - { kind: timeseries, title: B, w: 6, h: 4, window: w, y: [events], series: acton }
  - { kind: table, title: C, w: 6, h: 4, stream: x }
  - { kind: barlist, title: D, w: 6, h: 4, window: nope, value: n, label: l }
  - { kind: stat, title: E, w: 6, h: 4, window: own, value: n }
`;
  const loaded = loadBoard(text, { streams: ['s'], windows });
  expect('problems' in loaded && loaded.problems.map((problem) => formatProblem('b.yaml', problem))).toEqual([
    'b.yaml:3:16 windows.own.from: found "t", expected a stream or a window: s, w',
    'b.yaml:5:59 panels.0.value: found "event", expected a column of w’s select; did you mean events?',
    'b.yaml:6:79 panels.1.series: found "acton", expected a by-column of w; did you mean action?',
    'b.yaml:7:50 panels.2.stream: found "x", expected a stream: s',
    'b.yaml:8:52 panels.3.window: found "nope", expected a window: w, own',
  ]);
  const typo = loadBoard(
    'title: T\npanels:\n  - { kind: stats, title: A, w: 6, h: 4 }\n  - { kind: stat, title: A, w: 60, h: 4, window: w, valu: events }\n',
    {
      streams: ['s'],
      windows,
    },
  );
  expect('problems' in typo && typo.problems.map((problem) => formatProblem('b.yaml', problem))).toEqual([
    'b.yaml:3:13 panels.0.kind: found "stats", expected a known kind: timeseries, stat, barlist, table',
    'b.yaml:4:5 panels.1.value: found nothing, expected a column of the window’s select',
    'b.yaml:4:32 panels.1.w: found 60, expected its width in columns, a whole number from 1 to 24',
    'b.yaml:4:53 panels.1.valu: found an unknown key "valu", expected a known key; did you mean value?',
  ]);
});

test('a property of a wrong type does not hide what is wrong with the others', () => {
  const text = `streams: { s: { source: 'kafka://h/t' } }
windows:
  a:
    from: s
    window: 5
    select: { n: countd(x), m: 7 }
  b:
    from: s
    window: tumble(1x)
    by: action
    select: { n: count() }
`;
  expect(problemsOf(text)).toEqual([
    'highwater.yaml:5:13 windows.a.window: found 5, expected text',
    expect.stringMatching(/^highwater.yaml:6:18 windows.a.select.n: found "countd\(x\)"/),
    'highwater.yaml:6:32 windows.a.select.m: found 7, expected text',
    expect.stringMatching(/^highwater.yaml:9:13 windows.b.window: found "1x"/),
    'highwater.yaml:10:9 windows.b.by: found "action", expected a list: [action], or a map',
  ]);
});

test('a comma that YAML took for the end of a value is told as that', () => {
  const text = `streams: { s: { source: 'kafka://h/t' } }
windows:
  a: { from: s, window: tumble(1m), select: { n: count(), p95: quantile(x, 0.95) } }
`;
  const problems = problemsOf(text);
  expect(problems.join('\n')).toContain('windows.a.select.p95: found "quantile(x", expected quotes around a value');
  for (const problem of problems) expect(problem).toContain('p95: "quantile(x, 0.95)"');

  const hop = `streams: { s: { source: 'kafka://h/t' } }
windows:
  a: { from: s, window: hop(1h, 5m), compute: { c: concat(a, b) }, select: { n: count() } }
`;
  const cut = problemsOf(hop);
  expect(cut.map((problem) => problem.replace(/: found.* as /, ' '))).toEqual([
    'highwater.yaml:3:25 windows.a.window window: "hop(1h, 5m)"',
    'highwater.yaml:3:33 windows.a.5m) window: "hop(1h, 5m)"',
    'highwater.yaml:3:52 windows.a.compute.c pair: "concat(a, b)"',
    'highwater.yaml:3:62 windows.a.compute.b) pair: "concat(a, b)"',
  ]);
});

test('W35 a window may be made from another; one that leads to no stream is told', () => {
  const text = `streams: { s: { source: 'kafka://h/t', time: { delay: 90s } } }
windows:
  minutes: { from: s, window: tumble(1m), by: [a], select: { n: count() }, dedup: { by: [id] } }
  hours: { from: minutes, window: tumble(1h), by: [a], select: { n: sum(n) }, dedup: { by: [a] } }
`;
  const loaded = loadConfig(text);
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  expect(loaded.windows.hours).toMatchObject({ from: 'minutes', dedup: { withinUs: 90e6 } });
  expect(loaded.config.windows.minutes?.dedup).toEqual({ by: ['id'], within: '90s' });

  const wrong = `streams: { s: { source: 'kafka://h/t' } }
windows:
  a: { from: b, window: tumble(1m), select: { n: count() } }
  b: { from: c, window: tumble(1m), select: { n: count() } }
  c: { from: b, window: tumble(1m), select: { n: count() } }
  all: { from: s, window: global(), select: { n: count() } }
  d: { from: all, window: tumble(1m), select: { n: count() } }
  e: { from: al, window: tumble(1m), select: { n: count() } }
  f: { from: f, window: tumble(1m), select: { n: count() } }
`;
  expect(problemsOf(wrong)).toEqual([
    'highwater.yaml:4:14 windows.b.from: found "c", expected a stream in the end, and b ← c ← b goes round',
    'highwater.yaml:5:14 windows.c.from: found "b", expected a stream in the end, and c ← b ← c goes round',
    'highwater.yaml:7:14 windows.d.from: found "all", expected a window that ends: rows of all never become final, for it is global',
    'highwater.yaml:8:14 windows.e.from: found "al", expected a stream or a window; did you mean all?',
    'highwater.yaml:9:14 windows.f.from: found "f", expected a stream in the end, and f ← f goes round',
  ]);
});

test('what is wrong deep in a window has its line', () => {
  const text = `streams: { s: { source: 'kafka://h/t' } }
windows:
  a:
    from: s
    window: hop(1m, 5m)
    compute:
      eur: eur * 2
    by: [x, "y;"]
    grouping_sets:
      - [x]
      - [z]
    dedup: { by: [], withn: 1m }
    select:
      top: "top_k(x, 0)"
`;
  expect(problemsOf(text).map((line) => line.replace(/: found .*/, ''))).toEqual([
    'highwater.yaml:5:13 windows.a.window',
    'highwater.yaml:7:12 windows.a.compute.eur',
    'highwater.yaml:8:13 windows.a.by.1',
    'highwater.yaml:11:10 windows.a.grouping_sets.1.0',
    'highwater.yaml:12:18 windows.a.dedup.by',
    'highwater.yaml:12:22 windows.a.dedup.withn',
    'highwater.yaml:14:12 windows.a.select.top',
  ]);
});

test('a board’s windows take what they leave out from the streams', () => {
  const board = `title: T
windows: { w: { from: base, window: tumble(1h), select: { n: count() }, dedup: { by: [id] } } }
panels: [{ kind: stat, title: A, w: 6, h: 4, window: w, value: n }, { kind: timeseries, title: B, w: 6, h: 4, window: all, y: [n] }]
`;
  const config = loadConfig(`streams: { s: { source: 'kafka://h/t', time: { delay: 1m } } }
windows:
  base: { from: s, window: tumble(1m), select: { n: count() } }
  all: { from: s, window: global(), select: { n: count() } }
`);
  if ('problems' in config) throw new Error(JSON.stringify(config.problems));
  const { streams, windows } = config.config;
  const bad = loadBoard(board, { streams, windows });
  expect('problems' in bad && bad.problems.map((problem) => formatProblem('b.yaml', problem))).toEqual([
    'b.yaml:3:119 panels.1.window: found "all", expected a window with a start and an end: a global one has no place in time',
  ]);
  const good = loadBoard(board.replace('window: all', 'window: base'), { streams, windows });
  expect(good).toMatchObject({ board: { windows: { w: { dedup: { within: '1m' } } } } });
});

test('D9 columns a source has nothing for are refused with their line and what it has', () => {
  const text = [
    'streams:',
    '  a: { source: kafka://h/t, columns: [key, headers, topic] }',
    '  b:',
    '    source: kafka://h/t',
    '    columns:',
    '      - key',
    '      - retained',
    '      - key',
    '  c: { source: mqtt://h/t, columns: [key] }',
    '  d: { source: file:./x.jsonl, columns: [topic] }',
  ].join('\n');
  const loaded = loadConfig(text);
  expect('problems' in loaded && loaded.problems.map((problem) => formatProblem('c.yaml', problem))).toEqual([
    'c.yaml:7:9 streams.b.columns.1: found "retained", which a kafka: source does not have, expected one of its columns: key, headers, topic',
    'c.yaml:8:9 streams.b.columns.2: found "key" again, expected each column once',
    'c.yaml:9:38 streams.c.columns.0: found "key", which a mqtt: source does not have, expected one of its columns: properties, retained, topic',
    'c.yaml:10:42 streams.d.columns.0: found "topic", which a file: source does not have, expected no columns: leave it out',
  ]);
});

test('D8 names of tables that differ in case alone are told', () => {
  expect(
    problemsOf(`streams:
  events: { source: kafka://localhost:9092/events }
  Events: { source: kafka://localhost:9092/others }
windows:
  EVENTS: { from: events, window: tumble(1m), select: { n: count() } }
  orders: { from: events, window: tumble(1m), select: { n: count() } }
  Orders: { from: events, window: tumble(1m), select: { n: count() } }
`),
  ).toEqual([
    'highwater.yaml:3:11 streams.Events: found a stream named as events (line 2) but for its case, expected another name: both are tables',
    'highwater.yaml:5:11 windows.EVENTS: found a window named as the stream events, expected another name: both are tables',
    'highwater.yaml:7:11 windows.Orders: found a window named as orders (line 6) but for its case, expected another name: both are tables',
  ]);
});

const stream = (source: string, more: string) => `streams:\n  s: { source: "${source}", ${more} }\n`;

test.each([
  ['mqtt://h/t', 'from: latest', 'from: found from, which has no effect with a mqtt: source, expected it left out'],
  ['demo:shop', 'from: 2h', 'from: found from, which has no effect with a demo: source'],
  ['file:./x.jsonl', 'from: 2h', 'from: found a place in a file, expected earliest or latest'],
  ['kafka://h/t', 'from: {}', 'from: found an empty map, expected offsets such as { 0: 1200 }'],
  ['kafka://h/t', 'speed: 10', 'speed: found speed, which has no effect with a kafka: source, expected it left out'],
  ['mqtt://h/t', 'speed: max', 'speed: found speed, which has no effect with a mqtt: source'],
  ['file:./x.jsonl', 'security: { tls: {} }', 'security: found security, which has no effect with a file: source'],
  [
    'mqtt://h/t',
    'security: { sasl: { mechanism: plain, username: a, password: b } }',
    'security.sasl: found sasl, which has no effect with a mqtt: source, expected it left out: write the user as mqtt://user',
  ],
  ['kafka://h/t', 'security: {}', 'security: found nothing in it, expected { tls: {} }'],
  ['kafka://h/t', 'security: { tls: { cert: a.pem } }', 'security.tls: found one of cert and key, expected both'],
  ['demo:shop', 'log: { max_age: 1h }', 'log: found log, which has no effect with the demo, expected it left out'],
  ['file:./x.jsonl', 'speed: 10, log: { max_age: 1h }', 'log: found log, which has no effect with a speed'],
  ['kafka://h/t', 'log: { max_bytes: 0B }', 'log.max_bytes: found "0B", expected 1MiB or more'],
  ['kafka://h/t', 'keep: 0s', 'keep: found "0s", expected longer than 0s'],
  ['kafka://h/t', 'columns: []', 'columns: found an empty list, expected at least one column; or leave it out'],
  ['kafka://h/t', 'latest_by: []', 'latest_by: found an empty list, expected at least one field, such as [machine_id]'],
  ['kafka://h/t', 'latest_by: [a, a]', 'latest_by: found a list, expected each field once'],
])('S15 %s { %s }: an option without effect is told', (source, more, told) => {
  const loaded = loadConfig(stream(source, more));
  expect('problems' in loaded && loaded.problems.map((problem) => formatProblem('h.yaml', problem))).toEqual([
    expect.stringMatching(/^h\.yaml:2:\d+ streams\.s\./),
  ]);
  expect('problems' in loaded && loaded.problems.map((problem) => formatProblem('', problem)).join()).toContain(told);
});

test('S15 options with an effect are taken', () => {
  for (const [source, more] of [
    ['kafka://h/t', 'from: 2h, security: { tls: {} }, log: { max_bytes: 1MiB }, columns: [key]'],
    ['mqtt://h/t', 'latest_by: [id], security: { tls: {} }, log: { max_age: 1h }, keep: 1h'],
    ['file:./x.jsonl', 'from: latest, log: { max_age: 1h }, speed: max'],
    ['file:./x.jsonl', 'speed: 0.5'],
    ['demo:shop', 'latest_by: [user_id], backfill: 1m'],
  ] as const)
    expect(loadConfig(stream(source, more))).toHaveProperty('config');
});

const DURATION = 'a duration such as 250ms, 10s, 1m, 1.5h or 1d';
const FROM = 'earliest, latest, a duration (2h), a time (2026-11-22T10:00:00Z) or offsets ({ 0: 1200 })';

test.each([
  ['from: 2 hours', `found "2 hours", expected ${FROM}; did you mean 2h?`],
  ['from: 2026-11-22', `found "2026-11-22", expected ${FROM}; did you mean 2026-11-22T00:00:00Z?`],
  ['from: 2026-11-22 10:30', `found "2026-11-22 10:30", expected ${FROM}; did you mean 2026-11-22T10:30:00Z?`],
  ['from: beginning', `found "beginning", expected ${FROM}`],
  ['from: 5', `found 5, expected ${FROM}`],
  ['from: { 0: -1 }', 'from.0: found -1, expected an offset from 0 on'],
  ['latest_by: machine_id', 'found "machine_id", expected a list: [machine_id]'],
  ['columns: [keys]', 'found "keys", expected key, headers, topic, properties or retained; did you mean key?'],
  ['time: timestamp', 'found "timestamp", expected a map, such as { field: timestamp, delay: 10s }'],
  ['time: { delay: 10 seconds }', `found "10 seconds", expected ${DURATION}; did you mean 10s?`],
  ['time: { delay: 10 }', `found 10, expected ${DURATION}; did you mean 10s?`],
  ['time: { format: ISO }', 'expected auto, iso, seconds, millis, micros or nanos; did you mean iso?'],
  ['fields: { price: double }', 'bool or timestamp; did you mean float64?'],
  ['fields: [price]', 'found a list, expected a map, such as { price: float64 }'],
  ['log: 4GiB', 'found "4GiB", expected a map, such as { max_bytes: 4GiB, max_age: 2d }'],
  ['log: { max_age: 7 days }', `found "7 days", expected ${DURATION}; did you mean 7d?`],
  ['security: { tls: true }', 'found true, expected a map, such as { ca: ca.pem }, or {} to trust'],
  ['security: { ssl: {} }', 'found an unknown key "ssl", expected a known key; did you mean tls?'],
  ['topic: t', 'found an unknown key "topic", expected a known key; did you mean source?'],
])('%s: what was found, what was expected, in one line', (more, told) => {
  const loaded = loadConfig(stream('kafka://h/t', more));
  const problems = 'problems' in loaded ? loaded.problems.map((problem) => formatProblem('h.yaml', problem)) : [];
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(told);
});

test.each([
  [
    'streams:\n\ts:\n\t\tsource: x\n',
    '2:1 found a tab at the beginning of a line, expected spaces: YAML is indented by them',
  ],
  [
    'streams:\n  s:\n    source:kafka://h/t\n',
    '3:5 streams.s: found "source:kafka://h/t", expected a space after the colon',
  ],
  ['streams:\n  s: kafka://h/t\n', 'found "kafka://h/t", expected a map, such as { source: kafka://'],
  ['streams:\n  s:\n', 'streams.s: found nothing, expected a map, such as { source: kafka://'],
  ['streams:\n  - source: kafka://h/t\n', 'streams: found a list, expected a map of names, such as events: {'],
  [
    'streams:\n  s: { source: "kafka://h/t" }\n  s: { source: "kafka://h/u" }\n',
    '3:3 found a name that is there already',
  ],
  [
    'streams:\n  user-events: { source: "kafka://h/t" }\n',
    '2:3 streams.user-events: found the name "user-events", expected a name of letters, digits and _, not starting with a digit, such as user_events',
  ],
  ['streams:\n  2024: { source: "kafka://h/t" }\n', '2:3 streams.2024: found the name "2024", expected'],
  [
    'streams: { s: { source: "kafka://h/t" } }\nboards: []\n',
    'boards: found an empty list, expected at least one file',
  ],
])('%j: what was found, what was expected, in one line', (text, told) => {
  const loaded = loadConfig(text);
  const problems = 'problems' in loaded ? loaded.problems.map((problem) => formatProblem('h.yaml', problem)) : [];
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(told);
});

const panel = (more: string) => `title: T\npanels:\n  - { ${more} }\n`;

test.each([
  ['', 'title: found nothing, expected a title'],
  ['title: T\npanels: { a: 1 }\n', 'panels: found a map, expected a list of panels, each on a line that begins with -'],
  [
    panel('kind: line, title: A, w: 9, h: 9'),
    'kind: found "line", expected a known kind: timeseries, stat, barlist, table',
  ],
  [
    panel('kind: table, title: A, w: 50%, h: 9, stream: s'),
    'w: found "50%", expected its width in columns, a whole number',
  ],
  [
    panel('kind: timeseries, title: A, w: 9, h: 9, window: w, y: events'),
    'y: found "events", expected a list: [events]',
  ],
  [
    panel('kind: stat, title: A, w: 9, h: 9, window: w, y: [n]'),
    'unknown key "y", expected a known key; did you mean value?',
  ],
  [panel('kind: stat, title: A, w: 9, h: 9, window: w, value: n, over: 1 hour'), '1d; did you mean 1h?'],
  [
    panel('kind: timeseries, title: A, w: 9, h: 9, window: w, y: [n], order: [a]'),
    'order: found order, which has no effect without series, expected series: a by-column; or leave it out',
  ],
])('a board: %j is told in words', (text, told) => {
  const window = { from: 's', window: 'tumble(1m)', by: ['a'], select: { n: 'count()' }, late: { allow: '0s' } };
  const loaded = loadBoard(text, { streams: ['s'], windows: { w: window } });
  const problems = 'problems' in loaded ? loaded.problems.map((problem) => formatProblem('b.yaml', problem)) : [];
  expect(problems.join('\n')).toContain(told);
});
