import { type FSWatcher, watch } from 'node:fs';

/**
 * Tells of files that may have changed: calls back with the name of what was changed, created or removed in the folder; null:
 * something was. May say too much, and where a file system tells nobody of changes, nothing. The returned function ends it.
 */
export type WatchFolder = (folder: string, changed: (name: string | null) => void) => () => void;

export const watchFolder: WatchFolder = (folder, changed) => {
  let watcher: FSWatcher | null = null;
  try {
    // A folder that is not there, and one whose system has no watches left, are looked at from time to time all the same.
    watcher = watch(folder, { persistent: false }, (_, name) => changed(name));
    watcher.on('error', () => watcher?.close());
  } catch {
    watcher = null;
  }
  return () => watcher?.close();
};
