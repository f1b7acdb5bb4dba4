import { diskFiles, type SegmentFiles } from '../log/segment-files.ts';

/**
 * Segments that are read where they are, and written in memory: nothing in the folder changes, and what is done with them
 * goes on as it would.
 *
 *     read    a file made here ─▶ memory      any other ─▶ the disk
 *     write, cut, remove                      any other ─▶ nothing: segments of an earlier run are never written to
 */
export function overlayFiles(): SegmentFiles {
  const made = new Map<number, { bytes: Buffer }>();
  const byPath = new Map<string, number>();
  let next = -1;
  return {
    ...diskFiles,
    makeFolder: () => false,
    open(path, mode) {
      const known = byPath.get(path);
      if (known !== undefined) return known;
      if (mode !== 'create') return diskFiles.open(path, 'read');
      made.set(next, { bytes: Buffer.alloc(0) });
      byPath.set(path, next);
      return next--;
    },
    write(file, pieces, at) {
      const mine = made.get(file);
      if (mine === undefined) throw new Error('a file that is only read');
      mine.bytes = Buffer.concat([mine.bytes.subarray(0, at), ...pieces]);
    },
    read(file, into, at) {
      const mine = made.get(file);
      return mine === undefined ? diskFiles.read(file, into, at) : mine.bytes.copy(into, 0, at);
    },
    bytes: (file) => made.get(file)?.bytes.length ?? diskFiles.bytes(file),
    cut(file, bytes) {
      const mine = made.get(file);
      if (mine !== undefined) mine.bytes = mine.bytes.subarray(0, bytes);
    },
    close(file) {
      if (!made.has(file)) diskFiles.close(file);
    },
    remove: () => undefined,
    sync: async () => undefined,
    syncFolder: async () => undefined,
  };
}
