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
    'b.yaml:3:13 panels.0.kind: found "stats", expected a known kind; did you mean stat?',
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
