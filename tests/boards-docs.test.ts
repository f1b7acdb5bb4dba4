import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { BoardSchema } from '../contract/spec/board.ts';
import { formatProblem, loadBoard, loadConfig } from '../contract/spec/load.ts';
import { PanelSchema } from '../contract/spec/panel.ts';
import { Limits, Numbers, Place } from '../contract/spec/panels/parts.ts';

const page = await readFile(resolve(import.meta.dirname, '../docs/boards.md'), 'utf8');

test('every board and configuration in docs/boards.md is a good one', () => {
  const blocks = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map((match) => match[1] ?? '');
  expect(blocks.length).toBeGreaterThan(4);
  const streams = [...page.matchAll(/(?:stream|from): (\w+)/g)].map(([, name = '']) => name);
  for (const block of blocks) {
    const known = { streams: [...new Set(streams)], windows: {}, boards: ['machine'] };
    const loaded = /^streams:/m.test(block) ? loadConfig(block) : loadBoard(block, known);
    expect('problems' in loaded ? loaded.problems.map((problem) => formatProblem(block, problem)) : []).toEqual([]);
  }
});

/** `a` → the second and third cell of its row. */
function rowOf(heading: string, name: string): string {
  const section = new RegExp(`^## ${heading}\n(.*?)^## `, 'ms').exec(page)?.[1] ?? '';
  return section.split('\n').find((line) => line.startsWith('|') && line.split('|')[1]?.includes(`\`${name}\``)) ?? '';
}

test.each(PanelSchema.options.map((option) => [option.shape.kind.value, option] as const))(
  'docs/boards.md has every key of %s, and only those',
  (kind, { shape }) => {
    const row = rowOf('Panels', kind);
    const cell = row.split('|')[3] ?? '';
    const keys = new Set([...cell.matchAll(/`(\w+)`/g)].map(([, key]) => key));
    if (/\bnumbers\b/.test(cell)) for (const key of Object.keys(Numbers)) keys.add(key);
    if (/\blimits\b/.test(cell)) for (const key of Object.keys(Limits)) keys.add(key);
    const own = Object.keys(shape).filter((key) => key !== 'kind' && key !== 'window' && !Object.hasOwn(Place, key));
    expect([...keys].sort()).toEqual(own.sort());
  },
);

test('docs/boards.md has every key of a board', () => {
  for (const key of Object.keys(BoardSchema.shape))
    expect([key, rowOf('A board', key)]).toEqual([key, expect.stringMatching(/\|/)]);
});
