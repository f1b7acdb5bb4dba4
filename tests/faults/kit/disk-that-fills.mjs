import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Preloaded into a relay by `…?bytes=4194304&room=path`, where no real small disk can be had: writes of segments find no
 * room once so many bytes were written, until there is a file at `path`. A write that fails leaves a part of itself, as
 * disks do.
 */
const { searchParams } = new URL(import.meta.url);
const bytes = Number(searchParams.get('bytes'));
const room = searchParams.get('room') ?? '';
const write = fs.writevSync;
let written = 0;

fs.writevSync = (file, pieces, at) => {
  const length = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  if (written + length > bytes && !fs.existsSync(room)) {
    write(file, [Buffer.concat(pieces).subarray(0, 9)], at);
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  }
  written += length;
  return write(file, pieces, at);
};
syncBuiltinESMExports();
