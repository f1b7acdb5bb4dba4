import { type Served, servePage } from './serve-page.ts';

/**
 * Answers each page on the newest port it has given, until it is gone. Resolves then; at once for a page that gives
 * another port, which the first call for it waits for.
 */
export function servePages(
  served: (page: string) => Promise<Served>,
  goneOf: (page: string) => Promise<unknown>,
): (page: string, port: MessagePort) => Promise<void> {
  /** How the newest port of each page is ended. */
  const ends = new Map<string, () => void>();
  return async (page, port) => {
    const endBefore = ends.get(page);
    endBefore?.();
    ends.set(page, servePage(port, served(page)));
    if (endBefore) return;
    await goneOf(page);
    ends.get(page)?.();
    ends.delete(page);
  };
}
