import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What stands before the relay in many an office: HTTP passes as it is, upgrades to WebSockets are refused. */
export interface NoSocketsProxy {
  readonly url: string;
  /** Upgrades refused so far. */
  readonly refused: number;
}

export async function startNoSocketsProxy(targetPort: number): Promise<NoSocketsProxy> {
  const server = createServer((asked, answer) => {
    const { method, url: path, headers } = asked;
    const passed = request({ port: targetPort, host: '127.0.0.1', method, path, headers }, (given: IncomingMessage) => {
      answer.writeHead(given.statusCode ?? 502, given.headers);
      given.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    answer.on('close', () => passed.destroy());
    asked.pipe(passed);
  });
  let refused = 0;
  server.on('upgrade', (_, socket) => {
    refused++;
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get refused() {
      return refused;
    },
  };
}
