import { expect, test } from 'vitest';
import { keepShapes, keptShapes, type Shape } from './kept-layout.ts';

function storage() {
  const kept = new Map<string, string>();
  return {
    kept,
    store: () => ({
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, text: string) => void kept.set(key, text),
    }),
  };
}

const SHAPES: Shape[] = [
  { kind: 'stat', w: 4, h: 3 },
  { kind: 'donut', w: 5, h: 8, col: 19, row: 3 },
];

test('a board that was seen keeps its place, each its own', () => {
  const { store } = storage();
  keepShapes('?board=shop&kiosk', SHAPES, store);
  expect(keptShapes('?theme=dark&board=shop', store)).toEqual(SHAPES);
  expect(keptShapes('?board=line', store)).toBeNull();
  expect(keptShapes('', store)).toBeNull();
});

test('what is kept and is no layout, or cannot be read, is as if nothing were', () => {
  const { store, kept } = storage();
  for (const text of ['{', '[]', '{}', '[1]', '[{"kind":"stat","w":40,"h":3}]', '[{"kind":"stat","w":4,"h":"3"}]']) {
    kept.set('highwater.layout.shop', text);
    expect(keptShapes('?board=shop', store), text).toBeNull();
  }
  const broken = () => {
    throw new Error('denied');
  };
  expect(keptShapes('?board=shop', broken)).toBeNull();
  expect(() => keepShapes('?board=shop', SHAPES, broken)).not.toThrow();
});
