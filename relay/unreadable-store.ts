import type { LogStore } from './log/store.ts';

/** In place of one that cannot be opened: whoever asks for its log is told why. */
export function unreadableStore(error: unknown): LogStore {
  const refuse = async (): Promise<never> => {
    throw error;
  };
  return { isLasting: true, restore: refuse, create: refuse, leave: refuse, epochSuffix: '', left: [] };
}
