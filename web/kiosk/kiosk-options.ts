import { parseDurationUs } from '../../contract/spec/duration.ts';
import type { Boards } from '../../contract/worker-api.ts';

/** What an address says about a wall. A playlist or a time of reloading is for walls: they make a kiosk by themselves. */
export interface KioskOptions {
  readonly kiosk: boolean;
  /** Name of a playlist, or names of boards with commas; null: one board stays. */
  readonly playlist: string | null;
  /** How long each board is shown; null: as the playlist has it. */
  readonly everyMs: number | null;
  /** `04:00` or `24h`; null: never. */
  readonly reload: string | null;
}

/** `autofitpanels` is Grafana's: here a kiosk always fits. */
const PARAMETERS = ['kiosk', 'tv', 'playlist', 'every', 'reload', 'autofitpanels'] as const;

export function readKiosk(search: string): KioskOptions {
  const params = new URLSearchParams(search);
  const playlist = params.get('playlist') || null;
  const given = (name: string) => params.has(name) && params.get(name) !== 'false';
  return {
    kiosk: given('kiosk') || given('tv') || playlist !== null,
    playlist,
    everyMs: durationMs(params.get('every')),
    reload: params.get('reload') || null,
  };
}

/** The address as it is after the wall was left: the board that is shown stays. */
export function withoutKiosk(search: string): string {
  const params = new URLSearchParams(search);
  for (const name of PARAMETERS) params.delete(name);
  return params.size === 0 ? '' : `?${params}`;
}

/** `?playlist=…` says that the page is a kiosk: what reads `kiosk` alone is told so. */
export function withKiosk(search: string): string {
  const params = new URLSearchParams(search);
  if (!readKiosk(search).kiosk || params.has('kiosk')) return search;
  return `?kiosk&${params}`;
}

export interface Playlist {
  /** Those that are there, in order. */
  readonly boards: readonly string[];
  /** Named, and not there. */
  readonly missing: readonly string[];
  readonly everyMs: number;
}

const EVERY_MS = 30_000;
/** A board is not seen in less. */
const LEAST_MS = 500;

/** The playlist an address asks for, of these boards; null: none, or they are not known yet. */
export function playlistOf({ playlist, everyMs }: KioskOptions, boards: Boards | null): Playlist | null {
  if (playlist === null || boards === null) return null;
  const written = Object.hasOwn(boards.playlists, playlist) ? boards.playlists[playlist] : undefined;
  const names = written?.boards ?? playlist.split(',').map((name) => name.trim());
  const there = (name: string) => Object.hasOwn(boards.boards, name);
  return {
    boards: names.filter(there),
    missing: names.filter((name) => !there(name)),
    everyMs: Math.max(LEAST_MS, everyMs ?? durationMs(written?.every ?? null) ?? EVERY_MS),
  };
}

function durationMs(text: string | null): number | null {
  const us = text === null ? null : parseDurationUs(text);
  return us === null || us <= 0 ? null : us / 1000;
}
