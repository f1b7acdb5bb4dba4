import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { FileTaken, type JournalFile, type JournalFiles } from './files.ts';

/** Open files of this process, by path: two journals of one process never share one. */
const open = new Set<string>();

/** Files in a folder, for a tab in Node; the folder is made when there is none. */
export function nodeFiles(folder: string): JournalFiles {
  const pathOf = (name: string) => resolve(join(folder, name));
  return {
    async list() {
      await mkdir(folder, { recursive: true });
      return readdir(folder);
    },
    async open(name) {
      const path = pathOf(name);
      if (open.has(path)) throw new FileTaken(`${path} is open already`);
      open.add(path);
      await mkdir(folder, { recursive: true });
      // Opened for reading and writing, and made, but not cut: there is no text for that.
      return fileOf(openSync(path, constants.O_RDWR | constants.O_CREAT), () => open.delete(path));
    },
    remove: (name) => rm(pathOf(name), { force: true }),
  };
}

function fileOf(descriptor: number, onClose: () => void): JournalFile {
  return {
    size: () => fstatSync(descriptor).size,
    read: (into, at) => readSync(descriptor, into, 0, into.length, at),
    write: (bytes, at) => writeSync(descriptor, bytes, 0, bytes.length, at),
    truncate: (size) => ftruncateSync(descriptor, size),
    flush: () => fsyncSync(descriptor),
    close() {
      closeSync(descriptor);
      onClose();
    },
  };
}
