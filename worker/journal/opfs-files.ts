import { FileTaken, type JournalFile, type JournalFiles } from './files.ts';

/** What of a synchronous access handle is used: a dedicated worker has them, and one file has one at a time. */
interface SyncHandle {
  getSize(): number;
  read(into: Uint8Array, options: { readonly at: number }): number;
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

interface OpfsFolder {
  keys(): AsyncIterable<string>;
  getFileHandle(
    name: string,
    options: { readonly create: boolean },
  ): Promise<{ readonly createSyncAccessHandle?: () => Promise<SyncHandle> }>;
  removeEntry(name: string): Promise<void>;
}

/** Files in a folder of this origin's private file system. */
export function opfsFiles(folder: string): JournalFiles {
  let opened: Promise<OpfsFolder> | null = null;
  const inFolder = () => {
    opened ??= openFolder(folder);
    return opened;
  };
  return {
    async list() {
      const names: string[] = [];
      for await (const name of (await inFolder()).keys()) names.push(name);
      return names;
    },
    async open(name) {
      const handle = await (await inFolder()).getFileHandle(name, { create: true });
      if (!handle.createSyncAccessHandle) throw new Error('this browser has no files for workers');
      return fileOf(await handle.createSyncAccessHandle().catch(told));
    },
    async remove(name) {
      await (await inFolder()).removeEntry(name).catch((error: unknown) => {
        if (nameOf(error) !== 'NotFoundError') told(error);
      });
    },
  };
}

async function openFolder(folder: string): Promise<OpfsFolder> {
  const storage = (navigator as { readonly storage?: Partial<StorageManager> }).storage;
  if (!storage?.getDirectory) throw new Error('this browser keeps no files for pages that are not served over https');
  const root = await storage.getDirectory();
  return (await root.getDirectoryHandle(folder, { create: true })) as unknown as OpfsFolder;
}

function fileOf(handle: SyncHandle): JournalFile {
  return {
    size: () => handle.getSize(),
    read: (into, at) => handle.read(into, { at }),
    write: (bytes, at) => handle.write(bytes, { at }),
    truncate: (size) => handle.truncate(size),
    flush: () => handle.flush(),
    close: () => handle.close(),
  };
}

function told(error: unknown): never {
  const name = nameOf(error);
  if (name === 'NoModificationAllowedError' || name === 'InvalidStateError')
    throw new FileTaken('another tab has it open', { cause: error });
  throw error;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}
