import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

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

export class StaticFiles {
  readonly #root: string;
  readonly #files = new Map<string, { readonly stamp: string; readonly file: Promise<StaticFile> }>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Answers with the file at `path`; false when there is none. */
  async serve(path: string, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const file = await this.#file(path);
    if (file === null) return false;
    const cache = isImmutable(path) ? 'public, max-age=31536000, immutable' : 'no-cache';
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
    return (await this.#file(path))?.etag.slice(1, -1) ?? null;
  }

  async #file(path: string): Promise<StaticFile | null> {
    const known = this.#files.get(path);
    if (known !== undefined && isImmutable(path)) return known.file;
    const target = join(this.#root, normalize(path));
    if (!target.startsWith(this.#root) || path.includes('\0')) return null;
    const found = await stat(target).catch(() => null);
    // While a page is built its files are away for a moment: what they were is served.
    if (!found?.isFile()) return known?.file ?? null;
    const stamp = `${found.mtimeMs} ${found.size} ${found.ino}`;
    const newest = this.#files.get(path);
    if (newest?.stamp === stamp) return newest.file;
    const file = this.#read(target);
    this.#files.set(path, { stamp, file });
    file.catch(() => this.#files.delete(path));
    return file;
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

/** Names in assets/ carry a hash of what they hold. */
function isImmutable(path: string): boolean {
  return path.startsWith('/assets/');
}
