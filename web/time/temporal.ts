import type { Temporal } from 'temporal-polyfill';

/** What knows the calendars and clocks of all zones. */
export type TemporalApi = typeof Temporal;

/** The browser's own; null where it has none. */
export function nativeTemporal(): TemporalApi | null {
  return (globalThis as { readonly Temporal?: TemporalApi }).Temporal ?? null;
}

/** The browser's own, else one that is loaded for it. */
export async function loadTemporal(): Promise<TemporalApi> {
  return nativeTemporal() ?? (await import('temporal-polyfill')).Temporal;
}
