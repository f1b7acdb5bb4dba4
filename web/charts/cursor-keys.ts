/** What a key asks of a chart's cursor. */
export type CursorKey =
  | { readonly do: 'step' | 'row' | 'end'; readonly by: number }
  | { readonly do: 'zoom'; readonly factor: number; readonly around: boolean }
  | { readonly do: 'reset' | 'leave' };

/** Windows a page is. */
const PAGE = 10;

export interface Key {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** Null: the key is not a chart's; it goes on to whoever else listens. */
export function cursorKey({ key, shiftKey, ctrlKey, metaKey, altKey }: Key): CursorKey | null {
  if (ctrlKey || metaKey || altKey) return null;
  switch (key) {
    case 'ArrowLeft':
      return { do: 'step', by: shiftKey ? -PAGE : -1 };
    case 'ArrowRight':
      return { do: 'step', by: shiftKey ? PAGE : 1 };
    case 'PageUp':
      return { do: 'step', by: -PAGE };
    case 'PageDown':
      return { do: 'step', by: PAGE };
    case 'ArrowUp':
      return { do: 'row', by: -1 };
    case 'ArrowDown':
      return { do: 'row', by: 1 };
    case 'Home':
      return { do: 'end', by: -1 };
    case 'End':
      return { do: 'end', by: 1 };
    case 'Enter':
      return { do: 'zoom', factor: 0.25, around: true };
    case '+':
      return { do: 'zoom', factor: 0.5, around: false };
    case '-':
      return { do: 'zoom', factor: 2, around: false };
    case '0':
      return { do: 'reset' };
    case 'Escape':
      return { do: 'leave' };
    default:
      return null;
  }
}
