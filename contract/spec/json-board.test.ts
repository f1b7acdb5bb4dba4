import { expect, test } from 'vitest';
import { formatProblem, loadBoard } from './load.ts';

const known = { streams: ['s'], windows: {} };

function toldOf(text: string): string[] {
  const loaded = loadBoard(text, known);
  return 'problems' in loaded ? loaded.problems.map((problem) => formatProblem('b.json', problem)) : [];
}

test('B8 a board may be JSON, indented by tabs too, with the schema editors look for', () => {
  const text =
    '{\n\t"$schema": "../b.json",\n\t"title": "T",\n\t"panels": [\n\t\t{ "kind": "table", "title": "A", "w": 24, "h": 9, "stream": "s" }\n\t]\n}\n';
  const loaded = loadBoard(text, known);
  expect(loaded).toMatchObject({ board: { title: 'T', range: '15m' } });
  expect('board' in loaded && Object.keys(loaded.board)).not.toContain('$schema');
});

test.each([
  [
    '{\n  "title": "T",\n  "panels": [\n    { "kind": "table", "title": "A", "w": 24, "h": 9, "stream": "x" },\n  ],\n}\n',
    ['b.json:4:65 panels.0.stream: found "x", expected a stream: s'],
  ],
  [
    '{\n  "title": "T"\n  "panels": []\n}\n',
    ['b.json:3:3 found missing , between flow map items, expected a comma between the two'],
  ],
  [
    '{\n  "title": "T", "titel": 1,\n  "panels": [{ "kind": "tabel", "title": "A", "w": 24, "h": 9, "stream": "s" }]\n}\n',
    [
      'b.json:2:17 titel: found an unknown key "titel", expected a known key; did you mean title?',
      'b.json:3:24 panels.0.kind: found "tabel", expected a known kind; did you mean table?',
    ],
  ],
])('B8 what is wrong with JSON is told as of YAML', (text, told) => {
  expect(toldOf(text)).toEqual(told);
});
