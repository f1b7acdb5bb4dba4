import { expect, test } from 'vitest';
import { cursorKey } from './cursor-keys.ts';

const key = (name: string, held: Partial<Parameters<typeof cursorKey>[0]> = {}) =>
  cursorKey({ key: name, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });

test('arrows move the cursor by windows and rows, with Shift by pages', () => {
  expect(key('ArrowLeft')).toEqual({ do: 'step', by: -1 });
  expect(key('ArrowRight', { shiftKey: true })).toEqual({ do: 'step', by: 10 });
  expect(key('ArrowUp')).toEqual({ do: 'row', by: -1 });
  expect(key('End')).toEqual({ do: 'end', by: 1 });
});

test('keys that are not a chart’s go on to whoever else listens', () => {
  expect(key('Tab')).toBeNull();
  expect(key(' ')).toBeNull();
  expect(key('ArrowLeft', { altKey: true })).toBeNull();
  expect(key('0', { ctrlKey: true })).toBeNull();
});
