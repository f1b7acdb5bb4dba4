import type { SocketLike } from './socket.ts';

/** A connection to the relay in the tab itself: `relay` is the port on which connections are asked for. (contract/in-tab.ts) */
export function openPortSocket(relay: MessagePort): SocketLike {
  const { port1, port2 } = new MessageChannel();
  const socket: SocketLike = {
    binaryType: 'arraybuffer',
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send: (text) => port1.postMessage(text),
    close() {
      port1.postMessage(null);
      port1.close();
    },
  };
  port1.onmessage = ({ data }) => {
    if (data !== null) return socket.onmessage?.({ data } as never);
    port1.close();
    return socket.onclose?.({ code: 1000, reason: '' } as never);
  };
  relay.postMessage(null, [port2]);
  // Whoever opens it listens from the next turn on.
  queueMicrotask(() => socket.onopen?.({} as never));
  return socket;
}
