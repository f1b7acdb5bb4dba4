import type { LetterList, ReplayResult, WholeLetter } from '../../contract/dead-letters.ts';
import { isTheme, type Theme } from '../board/themes.ts';

/** What the address says: a link shows the same letters to someone else. */
export interface LettersView {
  /** null: the first. */
  readonly stream: string | null;
  readonly text: string;
  readonly kind: string | null;
  readonly state: 'waiting' | 'replayed';
  readonly theme: Theme | null;
}

export function readLettersView(search: string): LettersView {
  const params = new URLSearchParams(search);
  const theme = params.get('theme');
  return {
    stream: params.get('stream'),
    text: params.get('q') ?? '',
    kind: params.get('kind'),
    state: params.get('state') === 'replayed' ? 'replayed' : 'waiting',
    theme: isTheme(theme) ? theme : null,
  };
}

/** The address's search part, without what need not be said. */
export function writeLettersView({ stream, text, kind, state, theme }: LettersView): string {
  const params = new URLSearchParams();
  if (stream !== null) params.set('stream', stream);
  if (text !== '') params.set('q', text);
  if (kind !== null) params.set('kind', kind);
  if (state !== 'waiting') params.set('state', state);
  if (theme !== null) params.set('theme', theme);
  const written = params.toString();
  return written === '' ? '' : `?${written}`;
}

const PAGE = 50;

/** Those after `before`; null: the newest. */
export function fetchLetters(view: LettersView, before: number | null, signal: AbortSignal): Promise<LetterList> {
  const params = new URLSearchParams(writeLettersView({ ...view, theme: null }));
  params.set('limit', String(PAGE));
  if (before !== null) params.set('before', String(before));
  return asked(`dead-letters/list?${params}`, { signal });
}

export function fetchLetter(stream: string, id: number): Promise<WholeLetter> {
  return asked(`dead-letters/letter?${new URLSearchParams({ stream, id: String(id) })}`);
}

export function replay(stream: string, view: LettersView, dryRun: boolean): Promise<ReplayResult> {
  return sent('dead-letters/replay', { stream, filter: filterOf(view), dryRun });
}

export function drop(stream: string, id: number): Promise<{ readonly dropped: number }> {
  return sent('dead-letters/drop', { stream, filter: { ids: [id] } });
}

export function downloadHref(stream: string, view: LettersView): string {
  return `dead-letters/download${writeLettersView({ ...view, stream, theme: null })}`;
}

export function letterHref(stream: string, id: number): string {
  return `dead-letters/download?${new URLSearchParams({ stream, id: String(id) })}`;
}

function filterOf({ text, kind }: LettersView): object {
  return { ...(text !== '' && { text }), ...(kind !== null && { kind }) };
}

function sent<T>(path: string, body: object): Promise<T> {
  const headers = { 'Content-Type': 'application/json' };
  return asked(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function asked<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(path, { cache: 'no-store', ...init });
  if (!response.ok) throw new Error((await response.text()).trim() || `the relay answered ${response.status}`);
  return (await response.json()) as T;
}
