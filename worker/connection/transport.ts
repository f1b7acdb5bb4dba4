import type { Clock } from '../../contract/clock.ts';
import type { SocketLike } from './socket.ts';
import {
  choiceAfter,
  FIRST_CHOICE,
  planOf,
  type TransportChoice,
  type TransportEvent,
  type TransportPlan,
} from './transport-choice.ts';

export interface Transports {
  readonly openSocket: () => SocketLike;
  /** The same by HTTP. */
  readonly openStream: () => SocketLike;
  readonly clock: Clock;
}

/** A socket that is not open by then is taken to be blocked; what opens a connection waits a little longer. */
const SOCKET_OPEN_MS = 4_000;

/** Opens what gets through: each call gives a socket which becomes the first of the plan that opens. */
export function createTransport(transports: Transports): () => SocketLike {
  let choice: TransportChoice = FIRST_CHOICE;
  const { clock } = transports;
  return () =>
    openFirst(transports, planOf(choice, clock.nowMs()), (event) => {
      choice = choiceAfter(choice, event, clock.nowMs());
    });
}

function openFirst(
  { openSocket, openStream, clock }: Transports,
  plan: TransportPlan,
  tell: (event: TransportEvent) => void,
): SocketLike {
  let inner: SocketLike | null = null;
  let opening: TransportPlan[number] | null = null;
  let cancel = () => {};
  const settled = (how: 'opened' | 'failed') => {
    cancel();
    if (opening !== null) tell(opening === 'http' ? `stream-${how}` : `socket-${how}`);
    opening = null;
  };
  const outer: SocketLike = {
    get transport() {
      return inner?.transport ?? 'websocket';
    },
    binaryType: 'arraybuffer',
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send: (text) => inner?.send(text),
    close() {
      settled('failed');
      if (inner !== null) letGo(inner);
    },
  };

  const attempt = ([kind, ...rest]: TransportPlan) => {
    const socket = kind === 'http' ? openStream() : openSocket();
    const closed = (reason: string) => {
      const wasOpening = opening !== null;
      settled('failed');
      if (wasOpening && rest.length > 0) {
        letGo(socket);
        attempt(rest);
      } else outer.onclose?.({ code: 1006, reason } as never);
    };
    inner = socket;
    opening = kind ?? null;
    socket.binaryType = outer.binaryType;
    socket.onopen = () => {
      settled('opened');
      outer.onopen?.({} as never);
    };
    socket.onmessage = (event) => outer.onmessage?.(event);
    socket.onclose = ({ reason }) => closed(reason);
    socket.onerror = () => {};
    cancel = kind === 'http' ? () => {} : clock.after(SOCKET_OPEN_MS, () => closed('no socket to the relay opens'));
  };
  attempt(plan);
  return outer;
}

/** It may still be opening, and then closing it is an error: nobody listens any more. */
function letGo(socket: SocketLike): void {
  socket.onopen = socket.onmessage = socket.onclose = null;
  socket.onerror = () => {};
  socket.close();
}
