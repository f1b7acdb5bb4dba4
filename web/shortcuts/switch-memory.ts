import type { ShortcutMemory } from './shortcuts.ts';

const KEY = 'highwater.shortcuts';

/** In the browser's storage; one that keeps nothing only forgets the choice. */
export const switchMemory: ShortcutMemory = {
  load() {
    try {
      return localStorage.getItem(KEY) !== 'off';
    } catch {
      return true;
    }
  },
  save(on) {
    try {
      if (on) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, 'off');
    } catch {
      return;
    }
  },
};
