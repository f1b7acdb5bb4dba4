import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { loadBoard, loadConfig } from '../contract/spec/load.ts';

const root = resolve(import.meta.dirname, '..');
const yamlOf = (file: string) =>
  [...readFileSync(resolve(root, file), 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');

test('the configuration in the README is one', () => {
  const [text = ''] = yamlOf('README.md');
  expect(loadConfig(text)).not.toHaveProperty('problems');
});

test('the board in docs/boards.md is one', () => {
  const [text = ''] = yamlOf('docs/boards.md');
  expect(loadBoard(text, { streams: ['user_events'], windows: {} })).not.toHaveProperty('problems');
});
