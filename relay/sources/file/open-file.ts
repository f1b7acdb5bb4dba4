import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { HighwaterError } from '../../../contract/errors.ts';

/**
 * A file as one past: its path, its inode and its first line say which. Reads by place; every error is `file_unreadable`,
 * with what to do.
 */
export interface OpenFile {
  readonly path: string;
  /** What is at `at` now, at most `maxBytes` in a fresh buffer; empty at the end. */
  read(at: number, maxBytes: number): Promise<Uint8Array>;
  stat(): Promise<FileState>;
  close(): Promise<void>;
}

export interface FileState {
  readonly inode: number;
  readonly bytes: number;
  readonly modifiedMs: number;
}

const NEWLINE = 0x0a;
const FIRST_LINE_BYTES = 4096;

export async function openFile(path: string): Promise<OpenFile> {
  const handle: FileHandle = await readable(path, () => open(path, 'r'));
  const stats = await readable(path, () => handle.stat());
  if (stats.isDirectory()) {
    await handle.close();
    throw new HighwaterError('file_unreadable', `${path} is a folder`, 'name a file of one JSON object per line');
  }
  return {
    path,
    async read(at, maxBytes) {
      const buffer = Buffer.allocUnsafeSlow(maxBytes);
      const { bytesRead } = await readable(path, () => handle.read(buffer, 0, maxBytes, at));
      return buffer.subarray(0, bytesRead);
    },
    async stat() {
      const { ino, size, mtimeMs } = await readable(path, () => handle.stat());
      return { inode: ino, bytes: size, modifiedMs: mtimeMs };
    },
    close: () => handle.close(),
  };
}

/** The start of its first line; whether its newline is there (or it is longer than what is looked at). */
export async function firstLineOf(file: OpenFile): Promise<{ readonly bytes: Uint8Array; readonly ended: boolean }> {
  const head = await file.read(0, FIRST_LINE_BYTES);
  const end = head.indexOf(NEWLINE);
  return end === -1
    ? { bytes: head, ended: head.length === FIRST_LINE_BYTES }
    : { bytes: head.subarray(0, end), ended: true };
}

export function epochOf(path: string, { inode }: FileState, firstLine: Uint8Array): string {
  return `file:${createHash('sha256').update(`${path}\0${inode}\0`).update(firstLine).digest('hex').slice(0, 24)}`;
}

/** Where a line begins. */
export interface Place {
  readonly byte: number;
  readonly line: number;
}

/**
 * The place of line `wanted`, or of the last one that can be named: after the last newline, or, when that is what is
 * wanted, after a last line without one.
 */
export async function placeOf(file: OpenFile, wanted: number, chunkBytes: number, signal: AbortSignal): Promise<Place> {
  let place: Place = { byte: 0, line: 0 };
  let at = 0;
  for (;;) {
    if (place.line === wanted || signal.aborted) return place;
    const chunk = await file.read(at, chunkBytes);
    if (chunk.length === 0) break;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, end + 1)) {
      place = { byte: at + end + 1, line: place.line + 1 };
      if (place.line === wanted) return place;
    }
    at += chunk.length;
  }
  return place.line + 1 === wanted && at > place.byte ? { byte: at, line: wanted } : place;
}

async function readable<T>(path: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : null;
    if (code === 'ENOENT')
      throw new HighwaterError(
        'file_unreadable',
        `there is no file ${path}`,
        'check the path; relative paths start at the configuration file',
        { cause },
      );
    if (code === 'EACCES')
      throw new HighwaterError(
        'file_unreadable',
        `${path} may not be read by this user`,
        `chmod u+r ${path}, or run as its owner`,
        { cause },
      );
    throw new HighwaterError(
      'file_unreadable',
      `${path} cannot be read: ${cause instanceof Error ? cause.message : cause}`,
      'check the file and its disk',
      { cause },
    );
  }
}
