/** Reloads that a page brought about by itself, remembered by the tab, so that a page that is no better after it stays. */
export interface ReloadGuard {
  /** May it be loaded again for this reason now? If so, it counts. */
  allow(nowMs: number): boolean;
}

type Memory = Pick<Storage, 'getItem' | 'setItem'>;

const MAX_RELOADS = 3;
const WITHIN_MS = 600_000;

/** `name`: of what brings them about, each counted by itself. */
export function createReloadGuard(memory: Memory, name = 'reloads', most = MAX_RELOADS): ReloadGuard {
  const key = `highwater.${name}`;
  return {
    allow(nowMs) {
      const recent = read(memory, key).filter((atMs) => atMs <= nowMs && atMs > nowMs - WITHIN_MS);
      if (recent.length >= most) return false;
      try {
        memory.setItem(key, JSON.stringify([...recent, nowMs]));
      } catch {
        // What cannot be counted could go on for ever.
        return false;
      }
      return true;
    },
  };
}

function read(memory: Memory, key: string): number[] {
  try {
    const kept: unknown = JSON.parse(memory.getItem(key) ?? '[]');
    return Array.isArray(kept) ? kept.filter((one) => typeof one === 'number') : [];
  } catch {
    return [];
  }
}
