import { type FileHandle, open } from 'node:fs/promises';
import { HighwaterError } from '../../contract/errors.ts';

/** Bytes to run over, opened. */
export interface Input {
  /** For messages: the path, or `standard input`. */
  readonly label: string;
  /** Of records that carry no time: the file's own, else now. */
  readonly timestampMs: number;
  /** Reads at the pace it is asked; ends, without an error, when `signal` aborts. */
  chunks(signal: AbortSignal): AsyncIterable<Uint8Array>;
}

const CHUNK_BYTES = 1024 * 1024;

/** Opens a file, or standard input for `-`. Throws `file_unreadable`. */
export async function openInput(path: string, stdin: NodeJS.ReadStream, nowMs: number): Promise<Input> {
  if (path === '-') {
    const label = 'standard input';
    return { label, timestampMs: nowMs, chunks: (signal) => untilAborted(stdin, label, signal) };
  }
  const { file, timestampMs } = await readable(path, () => openFile(path));
  return {
    label: path,
    timestampMs,
    chunks: (signal) => untilAborted(file.createReadStream({ highWaterMark: CHUNK_BYTES }), path, signal),
  };
}

async function openFile(path: string): Promise<{ file: FileHandle; timestampMs: number }> {
  const file = await open(path, 'r');
  const stats = await file.stat();
  if (!stats.isDirectory()) return { file, timestampMs: stats.mtimeMs };
  await file.close();
  throw new Error('it is a folder');
}

async function* untilAborted(
  stream: AsyncIterable<Uint8Array> & { destroy(): unknown },
  label: string,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  const stop = () => stream.destroy();
  signal.addEventListener('abort', stop);
  try {
    const chunks = stream[Symbol.asyncIterator]();
    for (;;) {
      const next = await readable(label, () => chunks.next()).catch((error: unknown) => {
        if (signal.aborted) return null;
        throw error;
      });
      if (next === null || next.done || signal.aborted) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function readable<T>(label: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : null;
    const why = code === 'ENOENT' ? 'there is no such file' : cause instanceof Error ? cause.message : String(cause);
    throw new HighwaterError(
      'file_unreadable',
      `${label} cannot be read: ${why}`,
      'name a file of one JSON object per line, or - for standard input',
      { cause },
    );
  }
}
