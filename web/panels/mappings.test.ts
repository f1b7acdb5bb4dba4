import { expect, test } from 'vitest';
import { colorOf, mapped } from './mappings.ts';

test('the first mapping that holds speaks', () => {
  const states = [
    { value: 'run', text: 'running', color: 'good' as const },
    { matches: '^fault', color: 'alarm' as const },
    { matches: '.', text: 'other' },
  ];
  expect(mapped('run', states)).toEqual({ text: 'running', color: 'good' });
  expect(mapped('fault-17', states)).toEqual({ text: null, color: 'alarm' });
  expect(mapped('idle', states)).toEqual({ text: 'other', color: null });
  expect(mapped('', states)).toBeNull();
  expect(mapped('run', undefined)).toBeNull();
});

test('numbers, booleans and nothing are meant also as texts', () => {
  expect([3, '3'].map((value) => mapped(value, [{ value: 3, text: 'three' }])?.text)).toEqual(['three', 'three']);
  expect([true, 'true', 1].map((value) => mapped(value, [{ value: true, text: 'yes' }])?.text)).toEqual([
    'yes',
    'yes',
    undefined,
  ]);
  const nothing = [{ value: null, text: 'no value', color: 'off' as const }];
  expect([null, undefined, Number.NaN, '', 0].map((value) => mapped(value, nothing)?.text)).toEqual([
    'no value',
    'no value',
    'no value',
    undefined,
    undefined,
  ]);
});

test('a range holds its ends, and numbers only', () => {
  const levels = [
    { to: 20, color: 'alarm' as const },
    { from: 20, to: 50, color: 'warn' as const },
    { from: 50, text: 'full' },
  ];
  expect([-1, 20, 20.1, 50, 51].map((value) => mapped(value, levels)?.color)).toEqual([
    'alarm',
    'alarm',
    'warn',
    'warn',
    null,
  ]);
  expect([null, '10', Number.NaN].map((value) => mapped(value, levels))).toEqual([null, null, null]);
});

test('a pattern that is none matches nothing, and throws nothing', () => {
  expect(mapped('a(', [{ matches: '(', text: 'x' }])).toBeNull();
});

test('tones and series have colours of the theme', () => {
  expect([1, 8, 'good', 'warn', 'alarm', 'off'].map((color) => colorOf(color as 1))).toEqual([
    'var(--series-1)',
    'var(--series-8)',
    'var(--live)',
    'var(--late)',
    'var(--down)',
    'var(--stale)',
  ]);
});
