import type { Link } from '../../contract/spec/panels/parts.ts';
import type { Filter } from '../../contract/worker-api.ts';
import { type Choices, readChoices, writeChoices } from '../variables/address-choices.ts';
import { readFilters, writeFilters } from '../variables/address-filters.ts';
import { THEMES, type Theme } from './themes.ts';

/**
 * What the address says: all that a link must carry to show the same picture to someone else. What it leaves out (null) is
 * as the board has it.
 */
export interface View {
  /** Name of the board, or null: the only one, or the list. */
  readonly board: string | null;
  /** Event time in view as it was written, right or wrong; `from` may be `all`. (time/time-text.ts) */
  readonly from: string | null;
  /** Null: now. */
  readonly to: string | null;
  /** IANA name, `browser`, or null. */
  readonly timezone: string | null;
  /** What “now” is: the newest event or the clock on the wall. */
  readonly follow: 'event' | 'wall' | null;
  readonly compare: 'none' | '1d' | '7d' | null;
  readonly theme: Theme | null;
  readonly kiosk: boolean;
  /** By the name of the board's variable. */
  readonly variables: Choices;
  /** Of columns the board has no variable for. */
  readonly filters: readonly Filter[];
  /** Title or number, from 1, of the panel that fills the page. */
  readonly viewPanel: string | null;
  /** A page beside the boards; null: the board, or the list. */
  readonly page: 'health' | null;
}

const FOLLOWS = ['event', 'wall'] as const;
const COMPARES = ['none', '1d', '7d'] as const;
const PAGES = ['health'] as const;

export function readView(search: string): View {
  const params = new URLSearchParams(search);
  return {
    board: params.get('board'),
    from: params.get('from') || null,
    to: params.get('to') || null,
    timezone: zoneOf(params.get('timezone')),
    follow: oneOf(FOLLOWS, params.get('follow')),
    compare: oneOf(COMPARES, params.get('compare')),
    theme: oneOf(THEMES, params.get('theme')),
    kiosk: params.has('kiosk') && params.get('kiosk') !== 'false',
    variables: readChoices(params),
    filters: readFilters(params),
    viewPanel: params.get('viewPanel') || null,
    page: oneOf(PAGES, params.get('page')),
  };
}

/** The address's search part for a view; parameters that are not the view's are kept. */
export function writeView(view: View, search: string): string {
  const params = new URLSearchParams(search);
  const set = (name: string, value: string | null) => (value === null ? params.delete(name) : params.set(name, value));
  set('board', view.board);
  set('from', view.from);
  set('to', view.to);
  set('timezone', view.timezone === 'UTC' ? 'utc' : view.timezone);
  set('follow', view.follow);
  set('compare', view.compare);
  set('theme', view.theme);
  if (!view.kiosk) params.delete('kiosk');
  else if (!params.has('kiosk') || params.get('kiosk') === 'false') params.set('kiosk', '');
  set('viewPanel', view.viewPanel);
  set('page', view.page);
  // Those that may be several stand last, so that an address written twice is the same.
  writeChoices(params, view.variables);
  writeFilters(params, view.filters);
  const text = params
    .toString()
    .replace(/(^|&)kiosk=(?=&|$)/, '$1kiosk')
    // What is read in an address need not be written as %7C.
    .replaceAll('%3A', ':')
    .replaceAll('%2F', '/')
    .replaceAll('%24', '$');
  return text === '' ? '' : `?${text}`;
}

/**
 * The board an address names, if there is one; where it names none, the only one to begin with: what a link of another
 * leads to is a detail of that one. Else null: the list.
 */
export function shownBoard(boards: Readonly<Record<string, Linking>>, wanted: string | null): string | null {
  if (wanted !== null) return Object.hasOwn(boards, wanted) ? wanted : null;
  const details = new Set(
    Object.entries(boards).flatMap(([name, board]) => linkedFrom(board).filter((to) => to !== name)),
  );
  const [only, ...others] = Object.keys(boards).filter((name) => !details.has(name));
  return only !== undefined && others.length === 0 ? only : null;
}

type Linking = { readonly panels?: readonly { readonly link?: Link | undefined }[] };

function linkedFrom({ panels = [] }: Linking): string[] {
  return panels.flatMap(({ link }) => (link !== undefined && 'board' in link ? [link.board] : []));
}

function oneOf<T extends string>(known: readonly T[], text: string | null): T | null {
  return known.find((one) => one === text) ?? null;
}

function zoneOf(text: string | null): string | null {
  if (text === null || text === '') return null;
  if (text === 'browser') return 'browser';
  if (text.toLowerCase() === 'utc') return 'UTC';
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}
