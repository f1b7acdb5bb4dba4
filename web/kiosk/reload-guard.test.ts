import { expect, test } from 'vitest';
import { createReloadGuard } from './reload-guard.ts';

function memory(text: string | null = null) {
  let kept = text;
  return {
    getItem: () => kept,
    setItem(_key: string, now: string) {
      kept = now;
    },
  };
}

test('three reloads in ten minutes are allowed, over reloads, and more once they are past', () => {
  const kept = memory();
  const allow = (minute: number) => createReloadGuard(kept).allow(minute * 60_000);
  expect([100, 101, 102, 103, 109.9, 110.5, 110.6, 111.5].map(allow)).toEqual([
    true,
    true,
    true,
    false,
    false,
    true,
    false,
    true,
  ]);
});

test('what was kept by others is no count; where nothing can be kept none is allowed', () => {
  expect(createReloadGuard(memory('{"a":')).allow(1)).toBe(true);
  expect(createReloadGuard(memory('["a",null]')).allow(1)).toBe(true);
  const full = {
    getItem: () => null,
    setItem: () => {
      throw new Error('quota');
    },
  };
  expect(createReloadGuard(full).allow(1)).toBe(false);
});
