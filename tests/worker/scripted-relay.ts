import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Down } from '../../contract/protocol/down.ts';
import { encodeFrame, MIN_TIME_US } from '../../contract/protocol/frame.ts';
import { type Up, UpSchema } from '../../contract/protocol/up.ts';
import { PROTOCOL_VERSION } from '../../contract/protocol/version.ts';

/** A WebSocket server that does what a test says: the relay's side of the protocol, one message at a time. */
export interface ScriptedRelay {
  readonly url: string;
  /** Every message of every tab so far. */
  readonly heard: Up[];
  readonly connections: number;
  /** Called for each message of a tab; `hello` is answered with a welcome unless it returns true. */
  onMessage: (message: Up, tab: Tab) => boolean | undefined;
  stop(): Promise<void>;
}

export interface Tab {
  send(message: Down): void;
  frame(
    stream: string,
    partition: number,
    firstOffset: number,
    rows: number,
    epoch?: string,
    sealedAtUs?: number,
  ): void;
  cut(): void;
}

export async function startScriptedRelay(
  options: { streams?: string[]; heartbeatMs?: number } = {},
): Promise<ScriptedRelay> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise<void>((resolve) => server.once('listening', resolve));
  const heard: Up[] = [];
  let connections = 0;
  const relay: ScriptedRelay = {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/socket`,
    heard,
    get connections() {
      return connections;
    },
    onMessage: () => undefined,
    async stop() {
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  server.on('connection', (socket: WebSocket) => {
    connections++;
    const tab = tabOf(socket);
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => {
      const message = UpSchema.parse(JSON.parse(data.toString()));
      heard.push(message);
      const answered = relay.onMessage(message, tab);
      if (message.type === 'hello' && !answered)
        tab.send({
          type: 'welcome',
          protocol: PROTOCOL_VERSION,
          run: 'run',
          heartbeatMs: options.heartbeatMs ?? 60_000,
          streams: options.streams ?? ['s'],
        });
    });
  });
  return relay;
}

function tabOf(socket: WebSocket): Tab {
  return {
    send: (message) => socket.send(JSON.stringify(message)),
    frame(stream, partition, firstOffset, rows, epoch = 'e', sealedAtUs = 0) {
      const header = {
        stream,
        epoch,
        partition,
        firstOffset,
        nextOffset: firstOffset + rows,
        rows,
        minEventTimeUs: 0,
        maxEventTimeUs: 0,
        watermarkBeforeUs: MIN_TIME_US,
        sealedAtUs,
        schemaVersion: 1,
        contiguous: true,
      };
      socket.send(encodeFrame(header, new Uint8Array(8 * rows)));
    },
    cut: () => socket.terminate(),
  };
}
