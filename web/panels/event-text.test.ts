import { expect, test } from 'vitest';
import { filledText, textParts } from './event-text.ts';

const fill = (template: string, row: Record<string, string | null>) =>
  filledText(textParts(template), (field) => row[field] ?? null);

test('fields in braces are filled; without a value they go with what joins them, or leave a dash', () => {
  expect(fill('{machine} is {state}', { machine: 'press 4', state: 'stopped' })).toBe('press 4 is stopped');
  expect(fill('{ machine }: {reason}', { machine: 'press 4', reason: null })).toBe('press 4');
  expect(fill('{machine} {state}: {reason}', { machine: 'B2', state: 'running', reason: null })).toBe('B2 running');
  expect(fill('{machine} ({reason}) again', { machine: 'B2' })).toBe('B2 again');
  expect(fill('{a} · {b} · {c}', { a: '1', c: '3' })).toBe('1 · 3');
  expect(fill('{machine} stops for {reason}.', { machine: 'B2' })).toBe('B2 stops for —.');
  expect(fill('{reason}: {machine}', { machine: 'B2' })).toBe('—: B2');
  expect(fill('plain', {})).toBe('plain');
});

test('what is filled in is not filled again, and braces may be written', () => {
  expect(fill('{a}', { a: '{b}', b: 'no' })).toBe('{b}');
  expect(fill('{{a}} {a', { a: 'x' })).toBe('{a} {a');
  expect(fill('{}', {})).toBe('{}');
});
