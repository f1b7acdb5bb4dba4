import type { Updates } from './updates.ts';

/** Keeps what is to be kept, lets a newer build in where one is served, and loads the page again. */
export async function reloadPage(updates: Updates, flush: () => Promise<void>): Promise<void> {
  await flush();
  await updates.look();
  await updates.apply();
  location.reload();
}

/** Does what served this page answer? What this browser keeps of it does not count. */
export async function pageIsServed(fetcher: typeof fetch = fetch): Promise<boolean> {
  // The one file of the page that no service worker keeps.
  const url = new URL('sw.js', document.baseURI);
  try {
    return (await fetcher(url, { cache: 'no-store', method: 'HEAD', signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}
