import type { Panel } from '../../contract/spec/panel.ts';

/** What a panel takes of the grid, and how it will look while it is awaited. */
export type Shape = Pick<Panel, 'kind' | 'w' | 'h'> & Partial<Pick<Panel, 'col' | 'row'>>;

type Store = Pick<Storage, 'getItem' | 'setItem'>;

/** Of the board an address names; of an address without one too, where there is only one. */
const keyOf = (search: string) => `highwater.layout.${new URLSearchParams(search).get('board') ?? ''}`;

/** Where the panels of a board stand outlives the page: until the relay has said what a board holds, its place is kept. */
export function keepShapes(search: string, panels: readonly Shape[], store: () => Store = () => localStorage): void {
  const shapes = panels.map(({ kind, w, h, col, row }): Shape => ({ kind, w, h, col, row }));
  try {
    store().setItem(keyOf(search), JSON.stringify(shapes));
  } catch {
    // A browser that keeps nothing shows what stands for any board.
    return;
  }
}

/** Null: that board was not seen here, or what is kept is none. */
export function keptShapes(search: string, store: () => Store = () => localStorage): readonly Shape[] | null {
  try {
    const kept: unknown = JSON.parse(store().getItem(keyOf(search)) ?? 'null');
    return Array.isArray(kept) && kept.length > 0 && kept.every(isShape) ? kept : null;
  } catch {
    return null;
  }
}

function isShape(one: unknown): one is Shape {
  if (typeof one !== 'object' || one === null) return false;
  const { kind, w, h, col = 0, row = 0 } = one as Partial<Shape>;
  const whole = [w, h, col, row].every((number) => Number.isInteger(number) && Number(number) >= 0);
  return typeof kind === 'string' && whole && Number(w) >= 1 && Number(w) <= 24 && Number(h) >= 1;
}
