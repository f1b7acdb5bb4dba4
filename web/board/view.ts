import { parseDurationUs } from '../../contract/spec/duration.ts';
import type { Span } from '../../contract/worker-api.ts';

/** What the address says about the view: everything a link must carry to show the same thing to someone else. */
export interface View {
  /** Name of the board, or null: the only one, or the list. */
  readonly board: string | null;
  /** How much event time; null: the board's own range. */
  readonly range: string | null;
  readonly kiosk: boolean;
  readonly theme: 'light' | 'dark' | null;
  /** IANA zone or null: the browser's. */
  readonly timezone: string | null;
}

export function readView(search: string): View {
  const params = new URLSearchParams(search);
  const theme = params.get('theme');
  return {
    board: params.get('board'),
    range: rangeOf(params.get('from')),
    kiosk: params.has('kiosk') && params.get('kiosk') !== 'false',
    theme: theme === 'light' || theme === 'dark' ? theme : null,
    timezone: zoneOf(params.get('timezone')),
  };
}

/** The board an address names, if there is one; else the only one; else null: the list. */
export function shownBoard(boards: Readonly<Record<string, unknown>>, wanted: string | null): string | null {
  if (wanted !== null && Object.hasOwn(boards, wanted)) return wanted;
  const [only, ...others] = Object.keys(boards);
  return only !== undefined && others.length === 0 ? only : null;
}

/** The address's search part for a view; parameters that are not the view's are kept. */
export function writeView(view: View, search: string): string {
  const params = new URLSearchParams(search);
  const set = (name: string, value: string | null) => (value === null ? params.delete(name) : params.set(name, value));
  set('board', view.board);
  set('from', view.range === null ? null : view.range === 'all' ? 'all' : `now-${view.range}`);
  set('theme', view.theme);
  set('timezone', view.timezone === null ? null : view.timezone === 'UTC' ? 'utc' : view.timezone);
  if (!view.kiosk) params.delete('kiosk');
  else if (!params.has('kiosk')) params.set('kiosk', '');
  const text = params.toString().replaceAll('=&', '&').replace(/=$/, '');
  return text === '' ? '' : `?${text}`;
}

/** `now-15m` → `15m`; `all` stays; anything else is not a range. */
function rangeOf(from: string | null): string | null {
  if (from === 'all') return 'all';
  const range = from?.startsWith('now-') ? from.slice(4) : null;
  return range !== null && (parseDurationUs(range) ?? 0) > 0 ? range : null;
}

function zoneOf(text: string | null): string | null {
  if (text === null || text === '' || text === 'browser') return null;
  if (text.toLowerCase() === 'utc') return 'UTC';
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

export function spanOf(range: string): Span {
  return range === 'all' ? 'all' : (parseDurationUs(range) ?? 'all');
}

/** `Last 15 min`, `All that is kept` */
export function rangeWords(range: string): string {
  if (range === 'all') return 'All kept';
  return `Last ${range.replace(/([a-z]+)$/, (unit) => ` ${unit === 'm' ? 'min' : unit}`)}`;
}
