import { expect, test } from 'vitest';
import { filledText, textParts } from './event-text.ts';

const fill = (template: string, row: Record<string, string | null>) =>
  filledText(textParts(template), (field) => row[field] ?? null);

test('fields in braces are filled, those without a value by a dash', () => {
  expect(fill('{machine} is {state}', { machine: 'press 4', state: 'stopped' })).toBe('press 4 is stopped');
  expect(fill('{ machine }: {reason}', { machine: 'press 4', reason: null })).toBe('press 4: —');
  expect(fill('plain', {})).toBe('plain');
});

test('what is filled in is not filled again, and braces may be written', () => {
  expect(fill('{a}', { a: '{b}', b: 'no' })).toBe('{b}');
  expect(fill('{{a}} {a', { a: 'x' })).toBe('{a} {a');
  expect(fill('{}', {})).toBe('{}');
});
