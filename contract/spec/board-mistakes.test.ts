import { expect, test } from 'vitest';
import { formatProblem, loadBoard } from './load.ts';
import { WindowSpecSchema } from './window.ts';

const windows = {
  w: WindowSpecSchema.parse({
    from: 's',
    window: 'tumble(1m)',
    by: ['machine', 'bucket'],
    select: { n: 'count()', mean: 'avg(x)', share: 'count() / 2', state: 'last(state)' },
  }),
  ever: WindowSpecSchema.parse({ from: 's', window: 'global()', by: ['machine'], select: { n: 'count()' } }),
};

function told(text: string): string[] {
  const loaded = loadBoard(text, { streams: ['s', 'line_events'], windows, boards: ['shop', 'factory'] });
  return 'problems' in loaded ? loaded.problems.map((problem) => formatProblem('b.yaml', problem)) : [];
}

const panel = (more: string) => `title: T\npanels:\n  - { title: A, w: 9, h: 9, ${more} }\n`;
const board = (more: string) => `title: T\n${more}\npanels: [{ kind: text, title: A, w: 9, h: 9, text: a }]\n`;

test.each([
  'kind: gauge, window: w, value: n, max: 100, warnAbove: 80, alarmAbove: 80',
  'kind: funnel, window: w, value: n, label: machine, steps: [a, b]',
  'kind: donut, window: w, value: share, label: machine',
  'kind: histogram, window: w, value: n, bucket: bucket, marks: [{ at: 3, title: limit }]',
  'kind: heatmap, window: w, value: n, rows: bucket',
  'kind: state-timeline, window: w, value: state, rows: machine, mappings: [{ value: stopped, text: Stopped, color: alarm }, { matches: "^run", color: 3 }, { from: 3, to: 3, text: three }]',
  'kind: control-chart, window: w, value: mean, lower: 1, center: 2, upper: 3, specLow: 0, specHigh: 4',
  'kind: scatter, window: w, label: machine, x: n, y: mean, size: share, series: bucket',
  'kind: target, window: w, actual: n, target: 30, label: machine',
  'kind: oee, window: w, availability: n, performance: mean, quality: share, label: machine',
  'kind: events, stream: line_events, text: "{machine} is {state}, {{really}}", only: { state: [fault] }',
  'kind: table, window: w, columns: [machine, n], sort: { by: mean }, cells: { n: { bar: true } }',
  'kind: text, text: "**a**", link: { board: shop }',
  'kind: text, text: a, link: { url: "https://wiki/$key" }',
  'kind: text, text: a, link: { url: "/dead-letters" }',
  'kind: stat, window: w, value: n, warnBelow: 5, alarmBelow: 2, warnAbove: 50, alarmAbove: 90',
  'kind: timeseries, window: w, y: [n, mean], bands: [{ low: n, high: share }], overrides: { mean: { axis: right } }',
  'kind: timeseries, window: w, y: [n], series: machine, overrides: { press_1: { color: 2 } }',
])('B9 a good panel has no problem: %s', (more) => {
  expect(told(panel(more))).toEqual([]);
});

test.each([
  ['kind: gauge, window: w, value: n', 'max: found nothing, expected the dial’s upper end, a number'],
  ['kind: gauge, window: w, value: n, min: 5, max: 5', 'max: found 5, expected more than min, which is 5'],
  [
    'kind: gauge, window: w, value: m, max: 5',
    'value: found "m", expected a column of w’s select: n, mean, share, state',
  ],
  ['kind: timeseries, window: w, y: [n], min: 9, max: 1', 'max: found 1, expected more than min, which is 9'],
  ['kind: timeseries, window: w, y: [n, n]', 'y.1: found "n" again, expected each once'],
  [
    'kind: timeseries, window: w, y: [n], bands: [{ low: mena, high: n }]',
    'bands.0.low: found "mena", expected a column of w’s select; did you mean mean?',
  ],
  [
    'kind: timeseries, window: w, y: [n], overrides: { mean: { axis: right } }',
    'overrides.mean: found "mean", expected a series of this panel: n',
  ],
  [
    'kind: control-chart, window: w, value: mean, lower: 3, upper: 1',
    'upper: found 1, expected more than lower, which is 3',
  ],
  [
    'kind: control-chart, window: w, value: mean, center: 9, upper: 8',
    'upper: found 8, expected more than center, which is 9',
  ],
  [
    'kind: control-chart, window: w, value: mean, specLow: 3, specHigh: 3',
    'specHigh: found 3, expected more than specLow, which is 3',
  ],
  ['kind: control-chart, window: ever, value: n', 'window: found "ever", expected a window with a start and an end'],
  [
    'kind: heatmap, window: w, value: n, rows: machin',
    'rows: found "machin", expected a by-column of w; did you mean machine?',
  ],
  ['kind: state-timeline, window: w, value: state, order: [a, b, a]', 'order.2: found "a" again, expected each once'],
  [
    'kind: funnel, window: w, value: n, label: machine, steps: [a, b, a]',
    'steps.2: found "a" again, expected each once',
  ],
  ['kind: funnel, window: w, value: n, label: machine, steps: [a]', 'steps: found a list, expected two steps at least'],
  [
    'kind: funnel, window: w, value: n, label: machine',
    'steps: found nothing, expected the steps in their order: values of label',
  ],
  [
    'kind: donut, window: w, value: mean, label: machine',
    'value: found "mean", avg(x), expected a count or a sum: others have no shares; or kind: barlist',
  ],
  ['kind: histogram, window: w, value: n, bucket: n', 'bucket: found "n", expected a by-column of w: machine, bucket'],
  [
    'kind: scatter, window: w, label: machine, x: n, y: means',
    'y: found "means", expected a column of w’s select; did you mean mean?',
  ],
  ['kind: target, window: w, actual: n, target: gaol', 'target: found "gaol", expected a column of w’s select'],
  [
    'kind: oee, window: w, availability: n, performance: n, quality: n, warnBelow: 0.5, alarmBelow: 0.6',
    'warnBelow: found 0.5, expected more than alarmBelow, which is 0.6',
  ],
  [
    'kind: stat, window: w, value: n, warnAbove: 9, alarmAbove: 5',
    'alarmAbove: found 5, expected more than warnAbove, which is 9',
  ],
  [
    'kind: stat, window: w, value: n, warnBelow: 9, warnAbove: 5',
    'warnAbove: found 5, expected more than warnBelow, which is 9',
  ],
  ['kind: stat, window: w, value: n, over: 0s', 'over: found "0s", expected longer than 0s'],
  [
    'kind: stat, window: w, value: n, mappings: [{ matches: "a(" , text: x }]',
    'mappings.0.matches: found "a(", expected a regular expression (unterminated group)',
  ],
  [
    'kind: stat, window: w, value: n, mappings: [{ value: 3 }]',
    'mappings.0: found a mapping to nothing, expected what is shown instead: text, color or both',
  ],
  [
    'kind: stat, window: w, value: n, mappings: [{ text: x }]',
    'mappings.0: found neither value, from, to nor matches, expected what is mapped',
  ],
  [
    'kind: stat, window: w, value: n, mappings: [{ from: 3, to: 2, text: x }]',
    'mappings.0.to: found 2, expected 3, which is from, or more',
  ],
  [
    'kind: stat, window: w, value: n, mappings: [{ value: 3, color: red }]',
    'mappings.0.color: found "red", expected a series colour, 1 to 8, or good, warn, alarm or off',
  ],
  [
    'kind: events, stream: line_event, text: x',
    'stream: found "line_event", expected a stream; did you mean line_events?',
  ],
  [
    'kind: events, stream: s, text: "{machine is {state}"',
    'text: found "{machine is {state}", expected fields in braces, as {machine}; a brace itself is {{ or }}',
  ],
  ['kind: events, stream: s, text: "{} stopped"', 'text: found "{} stopped", expected fields in braces'],
  [
    'kind: events, stream: s, text: x, only: { state: [] }',
    'only.state: found an empty list, expected at least one value: no row has none of them',
  ],
  [
    'kind: events, stream: s, text: x, tone: { field: f, mappings: [{ matches: "[", color: alarm }] }',
    'tone.mappings.0.matches: found "[", expected a regular expression',
  ],
  ['kind: table', 'panels.0: found a table of nothing, expected stream: its latest rows, or window: one row per group'],
  ['kind: table, stream: s, window: w', 'window: found a table of a stream and of a window, expected one of the two'],
  [
    'kind: table, stream: s, over: 1h',
    'over: found over, which has no effect on rows of a stream, expected it left out; or a window',
  ],
  ['kind: table, stream: s, sort: { by: n }', 'sort: found sort, which has no effect on rows of a stream'],
  [
    'kind: table, window: w, columns: [machine, shar]',
    'columns.1: found "shar", expected a column of w; did you mean share?',
  ],
  ['kind: table, window: w, columns: [n, n]', 'columns.1: found "n" again, expected each once'],
  ['kind: table, window: w, sort: { by: shar }', 'sort.by: found "shar", expected a column of w; did you mean share?'],
  [
    'kind: table, window: w, cells: { shares: { bar: true } }',
    'cells.shares: found "shares", expected a column of w; did you mean share?',
  ],
  [
    'kind: table, window: w, cells: { n: { warnAbove: 3, alarmAbove: 1 } }',
    'cells.n.alarmAbove: found 1, expected more than warnAbove, which is 3',
  ],
  ['kind: text, text: a, link: { board: shp }', 'link.board: found "shp", expected a board; did you mean shop?'],
  [
    'kind: text, text: a, link: { url: "javascript:alert(1)" }',
    'link.url: found "javascript:alert(1)", expected an address that begins with https://, http:// or /',
  ],
  ['kind: text, text: a, link: { url: "//evil" }', 'link.url: found "//evil", expected an address that begins with'],
  ['kind: text, text: a, link: shop', 'link: found "shop", expected { board: name } or { url: https://…$key }'],
  ['kind: text, text: a, col: 3', 'col: found one of col and row, expected both of them, or none'],
  ['kind: text, text: a, col: 20, row: 0', 'col: found column 20 for 9 columns, expected at most 15: a board has 24'],
])('B9 %s', (more, expected) => {
  const problems = told(panel(more));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(expected);
});

test.each([
  [
    'timezone: Europe/Belrin',
    'timezone: found "Europe/Belrin", expected a time zone such as Europe/Berlin, America/New_York or UTC; did you mean Europe/Berlin?',
  ],
  ['follow: clock', 'follow: found "clock", expected event or wall'],
  ['compare: 2d', 'compare: found "2d", expected 1d or 7d'],
  ['range: 0s', 'range: found "0s", expected longer than 0s'],
  [
    'variables: { m: { column: machin, from: w } }',
    'variables.m.column: found "machin", expected a by-column of w; did you mean machine?',
  ],
  [
    'variables: { m: { column: machine, from: lines } }',
    'variables.m.from: found "lines", expected a stream or a window',
  ],
  [
    'variables: { m: { column: machine, values: [a, b], default: [c] } }',
    'variables.m.default.0: found "c", expected one of values: a, b',
  ],
  [
    'variables: { m: { column: machine, values: [a, b], default: [a, b], multi: false } }',
    'variables.m.default: found 2 values, expected one at most, or multi: true',
  ],
  [
    'variables: { m: { column: machine, values: [a], filters: [w, line_event] } }',
    'variables.m.filters.1: found "line_event", expected a stream or a window',
  ],
  [
    'variables: { m: { column: machine, values: [a], filters: [w, w] } }',
    'variables.m.filters.1: found "w" again, expected each once',
  ],
  [
    'variables: { m: { column: machine, values: [a, a] } }',
    'variables.m.values.1: found "a" again, expected each once',
  ],
  [
    'variables: { m: { column: machine, from: s, sql: "DROP TABLE s" } }',
    'variables.m.sql: found "DROP TABLE s", expected one SELECT of one column, as SELECT DISTINCT machine FROM line_events',
  ],
  [
    'variables: { m: { column: machine, from: s, sql: "SELECT 1; SELECT 2" } }',
    'variables.m.sql: found "SELECT 1; SELECT 2", expected one SELECT without ";"',
  ],
  [
    'variables: { m: { column: machine, from: s, sql: "SELECT max(a FROM s" } }',
    'variables.m.sql: found "SELECT max(a FROM s", expected a closing parenthesis',
  ],
  [
    'variables: { m: { column: machine } }',
    'variables.m: found a map, expected { column, from: a stream or window } or { column, values: […] }',
  ],
  ['variables: { "a b": { column: machine, values: [a] } }', 'the name "a b"'],
  [
    'annotations: [{ at: 2026-03-01, text: x }]',
    'annotations.0.at: found "2026-03-01", expected a time, such as 2026-03-01T06:00:00Z',
  ],
  [
    'annotations: [{ at: 2026-03-01T06:00:00Z, until: 2026-03-01T05:00:00Z, text: x }]',
    'annotations.0.until: found "2026-03-01T05:00:00Z", expected a time after 2026-03-01T06:00:00Z',
  ],
  ['annotations: [{ stream: t, text: "{a}" }]', 'annotations.0.stream: found "t", expected a stream: s, line_events'],
  ['annotations: [{ stream: s, text: "{a" }]', 'annotations.0.text: found "{a", expected fields in braces'],
  ['annotations: [{ stream: s, text: x, only: { a: [] } }]', 'annotations.0.only.a: found an empty list'],
])('B9 of a board: %s', (more, expected) => {
  const problems = told(board(more));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(expected);
});

test.each([
  [
    'kind: stat, window: w, value: n, mappings: [{ value: 1, txt: a }]',
    ['mappings.0.txt: found an unknown key "txt", expected a known key; did you mean text?'],
  ],
  [
    'kind: stat, window: w, value: n, mappings: [{ matchs: a, text: b }]',
    ['mappings.0.matchs: found an unknown key "matchs", expected a known key; did you mean matches?'],
  ],
  [
    'kind: stat, window: w, value: n, link: { board: shop, url: "https://x" }',
    ['link: found a map, expected { board: name } or { url: https://…$key }'],
  ],
  [
    'kind: stat, window: w, value: n, over: 5 min',
    ['over: found "5 min", expected range, or a duration such as 250ms, 10s, 1m, 1.5h or 1d; did you mean 5m?'],
  ],
  [
    'kind: timeseries, window: w, y: [n], overrides: { n: { axis: top, colour: 1 } }',
    [
      'overrides.n.axis: found "top", expected left or right',
      'overrides.n.colour: found an unknown key "colour", expected a known key; did you mean color?',
    ],
  ],
])('B9 of what may be written in several ways, the nearest is meant: %s', (more, expected) => {
  expect(told(panel(more)).map((line) => line.replace(/^.*? panels\.0\./, ''))).toEqual(expected);
});

test.each([
  [
    '{ colum: machine, from: s }',
    [
      'column: found nothing, expected a field of a stream or a by-column of a window',
      'colum: found an unknown key "colum", expected a known key; did you mean column?',
    ],
  ],
  ['{ column: machine, values: a }', ['values: found "a", expected a list: [a]']],
  ['{ column: machine, values: [1, 2] }', ['values.0: found 1, expected text', 'values.1: found 2, expected text']],
])('B9 of a variable too: %s', (variable, expected) => {
  expect(told(board(`variables: { m: ${variable} }`)).map((line) => line.replace(/^.*? variables\.m\./, ''))).toEqual(
    expected,
  );
});

test('B9 panels on the same cells are told, with whose they are', () => {
  const text = `title: T
panels:
  - { kind: text, title: One, w: 12, h: 4, text: a, col: 0, row: 0 }
  - { kind: text, title: Two, w: 12, h: 4, text: a, col: 12, row: 0 }
  - { kind: text, title: Three, w: 12, h: 4, text: a, col: 0, row: 4 }
  - { kind: text, title: Four, w: 2, h: 2, text: a, col: 11, row: 3 }
  - { kind: text, title: Five, w: 24, h: 2, text: a }
`;
  expect(told(text)).toEqual([
    'b.yaml:6:58 panels.3.col: found cells that the panel "One" is on, expected a place of its own; or leave col and row out',
  ]);
});

test('B9 all of it is told at once, in the order of the lines', () => {
  const text = `title: T
timezone: Mars
variables: { m: { column: machine, values: [a], default: [b] } }
panels:
  - { kind: gauge, title: A, w: 9, h: 9, window: w, value: n, min: 1, max: 0 }
  - { kind: text, title: A, w: 9, h: 9, text: a, link: { board: factori } }
  - { kind: stat, title: A, w: 9, h: 9, window: x, value: n }
`;
  expect(told(text).map((line) => line.replace(/:\\d+ .*/, ''))).toHaveLength(5);
  expect(told(text).map((line) => Number(line.split(':')[1]))).toEqual([2, 3, 5, 6, 7]);
});
