import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { diskFiles, type SegmentFiles } from '../../relay/log/segment-files.ts';

/** A disk that can be filled up, and made room on again. */
export interface SmallDisk {
  readonly folder: string;
  /** Stands in for the file system; left out: it is a real one. */
  readonly files?: SegmentFiles;
  fill(): void;
  makeRoom(): void;
}

/** A file system in memory of 4 MiB; mounting it takes rights that not every machine gives its tests. */
function mountedDisk(): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'highwater-small-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder], { stdio: 'pipe' });
  const unmount = () => {
    execFileSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', unmount);
  onTestFinished(() => {
    process.removeListener('exit', unmount);
    unmount();
  });
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill() {
      for (let bytes = 4 * 2 ** 20; bytes >= 1; bytes >>= 1)
        try {
          for (;;) writeFileSync(ballast, new Uint8Array(bytes), { flag: 'a' });
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        }
    },
    makeRoom: () => rmSync(ballast),
  };
}

/** The same by a layer above the real one: a write that finds no room leaves a part of itself behind, as disks do. */
function pretendedDisk(): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'highwater-small-disk-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  let isFull = false;
  return {
    folder,
    files: {
      ...diskFiles,
      write(file, pieces, at) {
        if (!isFull) return diskFiles.write(file, pieces, at);
        diskFiles.write(file, [Buffer.concat(pieces).subarray(0, 9)], at);
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      },
    },
    fill() {
      isFull = true;
    },
    makeRoom() {
      isFull = false;
    },
  };
}

function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'highwater-may-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', folder], { stdio: 'pipe' });
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** By what they are: the real one only where it can be had. */
export const SMALL_DISKS: Readonly<Record<string, () => SmallDisk>> = {
  'a layer that finds no room': pretendedDisk,
  ...(mayMount() && { 'a file system of 4 MiB': mountedDisk }),
};
