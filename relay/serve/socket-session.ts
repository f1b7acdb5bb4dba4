import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Clock } from '../../contract/clock.ts';
import type { Session, SessionSocket } from './session.ts';

/** How long the other end may take to close a socket that is closed here. */
const CLOSING_MS = 2_000;

export function webSocket(ws: WebSocket, clock: Clock): SessionSocket {
  return {
    transport: 'websocket',
    text: (message) => ws.readyState === WebSocket.OPEN && ws.send(message),
    binary: (message) => ws.readyState === WebSocket.OPEN && ws.send(message, { binary: true }),
    bufferedBytes: () => ws.bufferedAmount,
    close() {
      ws.close(1000);
      const cancel = clock.after(CLOSING_MS, () => ws.terminate());
      ws.once('close', cancel);
    },
    terminate: () => ws.terminate(),
  };
}

/** Gives a session what comes by its socket. `connection` is what the socket runs on. */
export function bindSocket(ws: WebSocket, connection: Duplex, session: Session, left: () => void): void {
  ws.on('message', (data, isBinary) => (isBinary ? session.receiveBinary() : session.receive(data.toString())));
  // What ws says (a frame too large, bad UTF-8) it also closes for.
  ws.on('error', () => ws.terminate());
  ws.on('close', left);
  connection.on('drain', () => session.drained());
}
