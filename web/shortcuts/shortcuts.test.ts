import { createRoot } from 'solid-js';
import { beforeEach, expect, test, vi } from 'vitest';
import { createShortcuts, keyWords, type Shortcut } from './shortcuts.ts';

/** As much of a browser as keys need: events with a target, and whether a dialog is open. */
class Key extends Event {
  readonly key: string;
  readonly code: string;
  readonly repeat = false;
  readonly isComposing = false;
  readonly #modifiers: readonly string[];
  constructor(key: string, modifiers: readonly string[] = []) {
    super('keydown', { cancelable: true });
    this.key = key;
    this.code = key === ' ' ? 'Space' : '';
    this.#modifiers = modifiers;
  }
  getModifierState(name: string): boolean {
    return this.#modifiers.includes(name);
  }
}
class Box {
  readonly #selectors: readonly string[];
  constructor(selectors: readonly string[]) {
    this.#selectors = selectors;
  }
  closest(all: string): Box | null {
    return this.#selectors.some((one) => all.split(', ').includes(one)) ? this : null;
  }
}
let modal: object | null = null;
beforeEach(() => {
  modal = null;
  vi.stubGlobal('KeyboardEvent', Key);
  vi.stubGlobal('Element', Box);
  vi.stubGlobal('document', { querySelector: () => modal });
});

const memory = (on = true) => ({ load: () => on, save: vi.fn() });

function listening(some: readonly Shortcut[], keep = memory()) {
  const shortcuts = createShortcuts();
  const remove = shortcuts.add(some);
  const target = new EventTarget();
  shortcuts.listen(target as Window, keep);
  const press = (key: string, modifiers: readonly string[] = [], on: readonly string[] = []) => {
    const event = new Key(key, modifiers);
    Object.defineProperty(event, 'target', { value: new Box(on) });
    target.dispatchEvent(event);
    return event.defaultPrevented;
  };
  return { shortcuts, press, remove, keep };
}

function recorded(...keys: (string | readonly string[])[]) {
  const heard: string[] = [];
  const some = keys.map((one): Shortcut => {
    const name = [one].flat().join('|');
    return { keys: one, group: 'Everywhere', label: name, run: () => heard.push(name) };
  });
  return { heard, some };
}

test('a key, a sequence and one with a modifier are heard; a sequence is not its last key too', () => {
  const { heard, some } = recorded('h', 'd h', '$mod+k', ['?', 'F1']);
  const { press } = listening(some);
  expect(press('h')).toBe(true);
  press('d');
  press('h');
  press('k', ['Control']);
  press('?', ['Shift']);
  press('F1');
  expect(press('q')).toBe(false);
  expect(heard).toEqual(['h', 'd h', '$mod+k', '?|F1', '?|F1']);
});

test('while somebody types, in a dialog or switched off, only those with a modifier are heard', () => {
  const { heard, some } = recorded('v', '$mod+k', 'Space');
  const { press, shortcuts, keep } = listening(some);
  press('v', [], ['input']);
  press('k', ['Control'], ['input']);
  modal = {};
  press('v');
  modal = null;
  expect(press(' ', [], ['button'])).toBe(false);
  expect(press(' ')).toBe(true);
  createRoot(() => shortcuts.setOn(false));
  press('v');
  press('k', ['Control']);
  expect(heard).toEqual(['$mod+k', 'Space', '$mod+k']);
  expect(keep.save).toHaveBeenCalledWith(false);
  expect(shortcuts.on()).toBe(false);
});

test('V37 what undoes typing is left to who types, and to a dialog', () => {
  const { heard, some } = recorded('$mod+z', '$mod+k');
  const { press } = listening(some);
  expect(press('z', ['Control'], ['input'])).toBe(false);
  modal = {};
  expect(press('z', ['Control'])).toBe(false);
  modal = null;
  expect(press('z', ['Control'])).toBe(true);
  expect(press('k', ['Control'], ['input'])).toBe(true);
  expect(heard).toEqual(['$mod+z', '$mod+k']);
});

test('switched off before, they stay so; those of a part that is gone are heard no more', () => {
  const { heard, some } = recorded('v');
  const off = listening(some, memory(false));
  off.press('v');
  const on = listening(some);
  on.remove();
  on.press('v');
  expect(heard).toEqual([]);
  expect(on.shortcuts.all()).toEqual([]);
});

test('keys are written as they stand on the keyboard', () => {
  expect(keyWords('$mod+k', false)).toEqual(['Ctrl', 'K']);
  expect(keyWords('$mod+k', true)).toEqual(['⌘', 'K']);
  expect(keyWords('d k', false)).toEqual(['d', 'k']);
});
