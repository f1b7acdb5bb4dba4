/** Reloads that a page brought about by itself, remembered by the tab, so that a page that is no better after it stays. */
export interface ReloadGuard {
  /** May it be loaded again for this reason now? If so, it counts. */
  allow(nowMs: number): boolean;
}

type Memory = Pick<Storage, 'getItem' | 'setItem'>;

const KEY = 'highwater.reloads';
const MAX_RELOADS = 3;
const WITHIN_MS = 600_000;

export function createReloadGuard(memory: Memory): ReloadGuard {
  return {
    allow(nowMs) {
      const recent = read(memory).filter((atMs) => atMs <= nowMs && atMs > nowMs - WITHIN_MS);
      if (recent.length >= MAX_RELOADS) return false;
      try {
        memory.setItem(KEY, JSON.stringify([...recent, nowMs]));
      } catch {
        // What cannot be counted could go on for ever.
        return false;
      }
      return true;
    },
  };
}

function read(memory: Memory): number[] {
  try {
    const kept: unknown = JSON.parse(memory.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((one) => typeof one === 'number') : [];
  } catch {
    return [];
  }
}
