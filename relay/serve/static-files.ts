import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Clock } from '../../contract/clock.ts';

/** The built page, each file read and compressed once, when first asked for, and again when it is another. */
export interface StaticFile {
  readonly type: string;
  readonly etag: string;
  readonly bytes: Buffer;
  /** null until compressed, or when that does not pay. */
  gzipped: Buffer | null;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
};
const INCOMPRESSIBLE = new Set(['.png', '.woff2', '.ico']);
const compress = promisify(gzip);
/** While a page is built its files are away: for so long they are served as they were. */
const AWAY_MS = 60_000;

interface Known {
  readonly stamp: string;
  readonly file: Promise<StaticFile>;
  /** When it was first asked for and not there; null: it was there. */
  awaySinceMs: number | null;
}

export class StaticFiles {
  readonly #root: string;
  readonly #clock: Clock;
  /** By where they are, whatever they were asked for by. */
  readonly #files = new Map<string, Known>();

  constructor(root: string, clock: Clock) {
    this.#root = root;
    this.#clock = clock;
  }

  /** Answers with the file at `path`; false when there is none. */
  async serve(path: string, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const target = this.#targetOf(path);
    const file = target === null ? null : await this.#file(target);
    if (target === null || file === null) return false;
    const cache = this.#isImmutable(target) ? 'public, max-age=31536000, immutable' : 'no-cache';
    response.setHeader('Cache-Control', cache);
    response.setHeader('ETag', file.etag);
    response.setHeader('Vary', 'Accept-Encoding');
    if (request.headers['if-none-match'] === file.etag) {
      response.writeHead(304).end();
      return true;
    }
    const zipped = file.gzipped !== null && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    const body = zipped && file.gzipped !== null ? file.gzipped : file.bytes;
    if (zipped) response.setHeader('Content-Encoding', 'gzip');
    response.writeHead(200, { 'Content-Type': file.type, 'Content-Length': body.length });
    response.end(request.method === 'HEAD' ? undefined : body);
    return true;
  }

  /** Of what `serve` answers with at `path`; null when there is nothing. */
  async hashOf(path: string): Promise<string | null> {
    const target = this.#targetOf(path);
    return target === null ? null : ((await this.#file(target))?.etag.slice(1, -1) ?? null);
  }

  /** Null: not in the folder. */
  #targetOf(path: string): string | null {
    const target = join(this.#root, normalize(path));
    return target.startsWith(this.#root) && !path.includes('\0') ? target : null;
  }

  /** Names in assets/ carry a hash of what they hold: those of the build before stay for the pages that are open. */
  #isImmutable(target: string): boolean {
    return target.startsWith(join(this.#root, 'assets') + sep);
  }

  async #file(target: string): Promise<StaticFile | null> {
    const known = this.#files.get(target);
    if (known !== undefined && this.#isImmutable(target)) return known.file;
    const found = await stat(target).catch(() => null);
    if (!found?.isFile()) return this.#away(target);
    const stamp = `${found.mtimeMs} ${found.size} ${found.ino}`;
    const newest = this.#files.get(target);
    if (newest?.stamp === stamp) {
      newest.awaySinceMs = null;
      return newest.file;
    }
    const file = this.#read(target);
    this.#files.set(target, { stamp, file, awaySinceMs: null });
    file.catch(() => this.#files.delete(target));
    return file;
  }

  #away(target: string): Promise<StaticFile> | null {
    const known = this.#files.get(target);
    if (known === undefined) return null;
    const nowMs = this.#clock.nowMs();
    known.awaySinceMs ??= nowMs;
    if (nowMs - known.awaySinceMs < AWAY_MS) return known.file;
    this.#files.delete(target);
    return null;
  }

  async #read(target: string): Promise<StaticFile> {
    const bytes = await readFile(target);
    const extension = extname(target);
    const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
    const file: StaticFile = { type: TYPES[extension] ?? 'application/octet-stream', etag, bytes, gzipped: null };
    // Not awaited: whoever asks first gets it plain rather than wait for the compression of 34 MB.
    if (!INCOMPRESSIBLE.has(extension) && bytes.length > 1024)
      compress(bytes, { level: 6 }).then(
        (zipped) => {
          file.gzipped = zipped;
        },
        () => undefined,
      );
    return file;
  }
}
