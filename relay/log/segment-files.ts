import {
  closeSync,
  fdatasync,
  fstatSync,
  fsync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  unlinkSync,
  writevSync,
} from 'node:fs';
import { promisify } from 'node:util';

/** What segments ask of a file system. Only syncing takes time: everything else goes to the system's page cache. */
export interface SegmentFiles {
  /** Makes the folder and those above it, where they are missing. Was it? */
  makeFolder(folder: string): boolean;
  list(folder: string): string[];
  /** `create` fails where there is such a file. */
  open(path: string, mode: 'create' | 'read' | 'write'): number;
  /** Writes all of it, or throws; what a failed call left behind is for `cut`. */
  write(file: number, pieces: readonly Uint8Array[], at: number): void;
  /** Fills `into` from `at`; how many bytes there were. */
  read(file: number, into: Uint8Array, at: number): number;
  bytes(file: number): number;
  cut(file: number, bytes: number): void;
  close(file: number): void;
  remove(path: string): void;
  /** Resolves when what was written to the file is on the disk. */
  sync(file: number): Promise<void>;
  /** Resolves when the folder's list of files is. */
  syncFolder(folder: string): Promise<void>;
}

const syncData = promisify(fdatasync);
const syncAll = promisify(fsync);
const FLAGS = { create: 'wx+', read: 'r', write: 'r+' } as const;

export const diskFiles: SegmentFiles = {
  makeFolder: (folder) => mkdirSync(folder, { recursive: true }) !== undefined,
  list: (folder) => readdirSync(folder),
  open: (path, mode) => openSync(path, FLAGS[mode], 0o600),
  write(file, pieces, at) {
    let left = pieces.filter((piece) => piece.length > 0);
    for (let place = at; left.length > 0; ) {
      let written = writevSync(file, left, place);
      place += written;
      left = left.flatMap((piece) => {
        const done = Math.min(written, piece.length);
        written -= done;
        return done === piece.length ? [] : [piece.subarray(done)];
      });
    }
  },
  read(file, into, at) {
    let read = 0;
    while (read < into.length) {
      const got = readSync(file, into, read, into.length - read, at + read);
      if (got === 0) break;
      read += got;
    }
    return read;
  },
  bytes: (file) => fstatSync(file).size,
  cut: (file, bytes) => ftruncateSync(file, bytes),
  close: (file) => closeSync(file),
  remove: (path) => unlinkSync(path),
  sync: (file) => syncData(file),
  async syncFolder(folder) {
    const handle = openSync(folder, 'r');
    try {
      await syncAll(handle);
    } finally {
      closeSync(handle);
    }
  },
};
