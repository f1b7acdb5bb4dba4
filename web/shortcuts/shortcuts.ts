import { type Accessor, createSignal, onCleanup } from 'solid-js';
import { createKeybindingsHandler } from 'tinykeys';

/**
 * Keys of the page. Every part tells its own, with the words the list of `?` has for them:
 *
 *     useShortcuts([{ keys: 't z', group: 'Time', label: 'Zoom out', run: zoomOut }])   in a component, until it goes
 *
 * A sequence wins over its last key alone: `d h` is not `h`. While somebody types, in a dialog, or switched off (WCAG
 * 2.1.4), only those with a modifier are heard, and of them none that edits text.
 */
export interface Shortcut {
  /** One or several that do the same, as tinykeys writes them: `v`, `d k`, `$mod+k`, `Space`. */
  readonly keys: string | readonly string[];
  readonly group: ShortcutGroup;
  readonly label: string;
  readonly run: (event: KeyboardEvent) => void;
  /** Left out: always. Where it is false the key is left to others. */
  readonly when?: () => boolean;
}

export const SHORTCUT_GROUPS = ['Everywhere', 'Time', 'Board', 'Panel under the pointer, or with the focus'] as const;
export type ShortcutGroup = (typeof SHORTCUT_GROUPS)[number];

export interface Shortcuts {
  readonly all: Accessor<readonly Shortcut[]>;
  /** Adds some; the function returned takes them away. */
  add(some: readonly Shortcut[]): () => void;
  /** Keys without a modifier are heard. */
  readonly on: Accessor<boolean>;
  setOn(on: boolean): void;
  /** Hears the keys of a window; the function returned ends that. */
  listen(target: Window, memory: ShortcutMemory): () => void;
}

/** Whether they are switched on outlives the page. */
export interface ShortcutMemory {
  load(): boolean;
  save(on: boolean): void;
}

/** tinykeys waits so long for the next key of a sequence. */
const SEQUENCE_MS = 1000;

export function createShortcuts(): Shortcuts {
  const [all, setAll] = createSignal<readonly Shortcut[]>([]);
  const [on, setOn] = createSignal(true);
  let keep: ShortcutMemory['save'] = () => undefined;
  let handle: (event: KeyboardEvent) => void = () => undefined;
  let before: { readonly key: string; readonly atMs: number } | null = null;

  const compile = () => {
    const bound = all().flatMap((shortcut) => spellings(shortcut.keys).map((keys) => ({ keys, shortcut })));
    const sequences = new Set(bound.map(({ keys }) => keys.toLowerCase()).filter((keys) => keys.includes(' ')));
    const bindings: Record<string, (event: KeyboardEvent) => void> = {};
    for (const { keys } of bound) {
      const hasModifier = /\$mod|Control|Meta|Alt/.test(keys);
      bindings[keys] = (event) => {
        if (!hasModifier && !on()) return;
        if ((!hasModifier || EDITS.test(keys)) && isElsewhere(event)) return;
        const last = before && event.timeStamp - before.atMs < SEQUENCE_MS ? before.key : null;
        if (last !== null && !keys.includes(' ') && sequences.has(`${last} ${event.key}`.toLowerCase())) return;
        const wanted = bound.find((one) => one.keys === keys && (one.shortcut.when?.() ?? true));
        if (!wanted) return;
        event.preventDefault();
        wanted.shortcut.run(event);
      };
    }
    handle = createKeybindingsHandler(bindings, { timeout: SEQUENCE_MS });
  };
  const change = (next: (before: readonly Shortcut[]) => readonly Shortcut[]) => {
    setAll(next);
    compile();
  };

  return {
    all,
    on,
    add(some) {
      change((known) => [...known, ...some]);
      return () => change((known) => known.filter((one) => !some.includes(one)));
    },
    setOn(now) {
      setOn(now);
      keep(now);
    },
    listen(target, memory) {
      keep = memory.save;
      setOn(memory.load());
      const hear = (event: KeyboardEvent) => {
        if (event.defaultPrevented || event.repeat || event.isComposing) return;
        handle(event);
        before = { key: event.key, atMs: event.timeStamp };
      };
      target.addEventListener('keydown', hear);
      return () => target.removeEventListener('keydown', hear);
    },
  };
}

/** The page's: there is one keyboard. */
export const shortcuts = createShortcuts();

/** Adds shortcuts for as long as the component is there. */
export function useShortcuts(some: readonly Shortcut[]): void {
  onCleanup(shortcuts.add(some));
}

/** A sign may need Shift or not, by the keyboard's layout: both are heard. */
function spellings(keys: Shortcut['keys']): string[] {
  return [keys].flat().flatMap((one) => (/^[^\p{L}\p{N} ]$/u.test(one) ? [one, `Shift+${one}`] : [one]));
}

/** What edits text, where there is any. */
const EDITS = /^\$mod\+[acvxyz]$/i;
const TYPING = 'input, textarea, select, [contenteditable]';
/** What Space and Enter mean something to. */
const PRESSABLE = 'button, a, summary, [role="button"], [role="menuitem"], [role="option"], [tabindex="0"]';

/** The key is meant for what has the focus, or for a dialog. */
function isElsewhere(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest(TYPING)) return true;
  if ((event.key === ' ' || event.key === 'Enter') && target?.closest(PRESSABLE)) return true;
  return document.querySelector('dialog:modal') !== null;
}

const KEY_WORDS: Readonly<Record<string, string>> = {
  Space: 'Space',
  Escape: 'Esc',
  Shift: 'Shift',
  Alt: 'Alt',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
};

/** `$mod+k` → `['Ctrl', 'K']`, `d k` → `['d', 'k']`: as they are printed on keys. */
export function keyWords(keys: string, isMac: boolean): string[] {
  return keys.split(' ').flatMap((press) =>
    press.split(/\b\+/).map((key) => {
      if (key === '$mod') return isMac ? '⌘' : 'Ctrl';
      return KEY_WORDS[key] ?? (press.includes('+') ? key.toUpperCase() : key);
    }),
  );
}
