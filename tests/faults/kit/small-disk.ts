import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A disk of 4 MiB for a relay's data, until it is made larger. */
export interface SmallDisk {
  readonly kind: 'a real one' | 'a layer that finds no room';
  readonly folder: string;
  /** What the relay's Node must be given. */
  readonly nodeArgs: readonly string[];
  grow(): Promise<void>;
  remove(): Promise<void>;
}

const BYTES = 4 * 2 ** 20;
const run = promisify(execFile);
const LAYER = new URL('./disk-that-fills.mjs', import.meta.url).href;

/** A real one where one may be mounted. */
export async function openSmallDisk(): Promise<SmallDisk> {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-small-disk-'));
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${BYTES}`, 'tmpfs', folder]).then(
    () => true,
    () => false,
  );
  if (mounted)
    return {
      kind: 'a real one',
      folder,
      nodeArgs: [],
      grow: async () => void (await run('mount', ['-o', 'remount,size=512m', folder])),
      async remove() {
        await run('umount', ['-l', folder]);
        await rm(folder, { recursive: true, force: true });
      },
    };
  const room = join(folder, 'there is room');
  return {
    kind: 'a layer that finds no room',
    folder,
    nodeArgs: ['--import', `${LAYER}?bytes=${BYTES}&room=${encodeURIComponent(room)}`],
    grow: () => writeFile(room, ''),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
