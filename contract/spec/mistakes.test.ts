import { expect, test } from 'vitest';
import { formatProblem, loadBoard, loadConfig } from './load.ts';

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
  [
    'demo:shop',
    'log: { max_age: 1h }',
    'log.max_age: found max_age, which has no effect with the demo, expected it left out',
  ],
  ['file:./x.jsonl', 'speed: 10, log: { max_age: 1h }', 'log.max_age: found max_age, which has no effect with a speed'],
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
    ['demo:shop', 'log: { max_bytes: 4MiB }'],
    ['file:./x.jsonl', 'speed: 10, log: { max_bytes: 4MiB }'],
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
  [panel('kind: line, title: A, w: 9, h: 9'), 'kind: found "line", expected a known kind; did you mean timeseries?'],
  [
    panel('kind: sankey, title: A, w: 9, h: 9'),
    'expected a known kind: timeseries, stat, barlist, table, gauge, funnel, donut, histogram, heatmap, state-timeline, control-chart, scatter, target, oee, events, text',
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

const STREAM = 'streams:\n  s: { source: kafka://h/t }\n';

test.each([
  [`${STREAM}boards: *.yaml\n`, '3:9 found *.yaml, and nothing that is named &.yaml, expected "*.yaml" in quotes'],
  [`${STREAM}boards: [*.yaml]\n`, '3:10 found *.yaml, and nothing that is named &.yaml, expected "*.yaml" in quotes'],
  [`${STREAM}  t: *b\n`, '3:6 found *b, and nothing that is named &b, expected "*b" in quotes'],
  [`${STREAM}  __proto__: { source: kafka://h/t }\n`, '3:3 found "__proto__", expected another name'],
  [
    `${[...'abcdefgh'].map((name, n) => `${name}: &${name} [${`*${'abcdefgh'[n - 1]}, `.repeat(n === 0 ? 0 : 9)}1]`).join('\n')}\n${STREAM}`,
    '1:1 found more aliases (*name) of aliases than can be read, expected what they stand for written out',
  ],
])('what YAML reads otherwise than it was meant is told with its line: %s', (text, told) => {
  const loaded = loadConfig(text);
  expect('problems' in loaded && loaded.problems.map((problem) => formatProblem('h', problem))).toEqual([`h:${told}`]);
  expect(loadBoard(text, { streams: [], windows: {} })).toHaveProperty('problems');
});

test('a value that YAML has by another name is taken', () => {
  const text =
    'streams:\n  s: { source: kafka://h/t, time: &time { delay: 1m } }\n  t: { source: kafka://h/u, time: *time }\n';
  expect(loadConfig(text)).toMatchObject({ config: { streams: { t: { time: { delay: '1m' } } } } });
});

test.each([
  ['source: "constructor:x", columns: [key]', []],
  ['source: "toString:x", columns: [key]', []],
  [
    'source: kafka://h/t, fields: { a: constructor }',
    [
      'streams.s.fields.a: found "constructor", expected int64, float64, string, bool or timestamp, or a map such as { type: float64, unit: ms }',
    ],
  ],
  [
    'source: kafka://h/t, constructor: 1',
    ['streams.s.constructor: found an unknown key "constructor", expected a known key'],
  ],
  ['source: kafka://h/t, valueOf: 1', ['streams.s.valueOf: found an unknown key "valueOf", expected a known key']],
])('what every object has is no word of ours: %s', (stream, told) => {
  const loaded = loadConfig(`streams:\n  s: { ${stream} }\n`);
  const problems = 'problems' in loaded ? loaded.problems.map((problem) => formatProblem('h', problem)) : [];
  expect(problems).toEqual(told.map((text) => expect.stringContaining(text)));
});
