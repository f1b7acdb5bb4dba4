import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

/** A host of files and nothing else, as any is: no routes, no sockets, a 404 for what is not there. */
export interface StaticSite {
  /** Ends with a slash. */
  readonly url: string;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

/** Serves `folder` below `under`, such as `/tools/highwater/`. Of this machine alone. */
export async function startStaticSite(folder: string, { under = '/', port = 0 } = {}): Promise<StaticSite> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://site').pathname;
    const inside = path.startsWith(under) ? normalize(`/${path.slice(under.length)}`) : null;
    const file = inside === null ? null : join(folder, inside.endsWith('/') ? `${inside}index.html` : inside);
    const none = () => response.writeHead(404, { 'Content-Type': 'text/plain' }).end('not found\n');
    if (file === null) none();
    else
      readFile(file).then((bytes) => {
        response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' });
        response.end(bytes);
      }, none);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://127.0.0.1:${bound}${under}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
