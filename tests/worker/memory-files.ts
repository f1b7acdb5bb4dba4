import { FileTaken, type JournalFile, type JournalFiles } from '../../worker/journal/files.ts';

/** Files in memory, one opener each as in a browser, that can be full, fail, and be left behind as by a crash. */
export interface MemoryFiles extends JournalFiles {
  readonly contents: Map<string, Uint8Array>;
  /** Bytes all files may have together. */
  roomBytes: number;
  /** Thrown by the next write. */
  failNextWrite: Error | null;
  readonly opened: ReadonlySet<string>;
  /** What a crash leaves: the same bytes, open nowhere. */
  left(): MemoryFiles;
}

export function memoryFiles(contents: ReadonlyMap<string, Uint8Array> = new Map()): MemoryFiles {
  const kept = new Map([...contents].map(([name, bytes]) => [name, bytes.slice()] as const));
  const opened = new Set<string>();
  const total = () => [...kept.values()].reduce((sum, { length }) => sum + length, 0);
  const files: MemoryFiles = {
    contents: kept,
    roomBytes: Number.POSITIVE_INFINITY,
    failNextWrite: null,
    opened,
    left: () => memoryFiles(kept),
    list: async () => [...kept.keys()],
    async open(name) {
      if (opened.has(name)) throw new FileTaken(`${name} is open`);
      opened.add(name);
      if (!kept.has(name)) kept.set(name, new Uint8Array(0));
      return fileOf(name);
    },
    async remove(name) {
      if (opened.has(name)) throw new Error(`${name} is open and cannot be removed`);
      kept.delete(name);
    },
  };
  const fileOf = (name: string): JournalFile => {
    const bytes = () => kept.get(name) ?? new Uint8Array(0);
    return {
      size: () => bytes().length,
      read(into, at) {
        const part = bytes().subarray(at, at + into.length);
        into.set(part);
        return part.length;
      },
      write(given, at) {
        const error = files.failNextWrite;
        files.failNextWrite = null;
        if (error) throw error;
        const took = given.subarray(0, Math.max(0, Math.min(given.length, files.roomBytes - total())));
        const grown = new Uint8Array(Math.max(bytes().length, at + took.length));
        grown.set(bytes());
        grown.set(took, at);
        kept.set(name, grown);
        return took.length;
      },
      truncate(size) {
        const cut = new Uint8Array(size);
        cut.set(bytes().subarray(0, size));
        kept.set(name, cut);
      },
      flush: () => {},
      close: () => opened.delete(name),
    };
  };
  return files;
}
