import { WebSocket } from 'ws';
import { systemClock } from '../../contract/clock.ts';
import { advance, meet, type Position } from '../../contract/protocol/position.ts';
import { openHttpSocket } from '../../worker/connection/http-socket.ts';
import { type Connection, openConnection, type SocketLike } from '../../worker/connection/socket.ts';

/** Many tabs that reconnect as a tab does, each with a position of its own and nothing else. */
export interface StormTab {
  readonly connection: Connection;
  readonly position: Position | null;
  /** Outcomes of its subscriptions, oldest first. */
  readonly outcomes: readonly string[];
  /** Rows it got, repeats not counted; a hole throws. */
  readonly rows: number;
}

export function openStormTab(port: number, transport: 'websocket' | 'http', creditBytes = 1_000_000): StormTab {
  let position: Position | null = null;
  let rows = 0;
  const outcomes: string[] = [];
  const at = `127.0.0.1:${port}`;
  const connection = openConnection({
    openSocket: () =>
      transport === 'http'
        ? openHttpSocket(`http://${at}/stream`, fetch)
        : (new WebSocket(`ws://${at}/socket`) as unknown as SocketLike),
    clock: systemClock,
    random: Math.random,
    creditBytes,
    onLive: ([stream = '']) => connection.send({ type: 'subscribe', stream, from: position ?? 'start' }),
    onMessage(message) {
      if (message.type === 'subscribed') {
        outcomes.push(message.outcome);
        if (message.outcome !== 'resumed') ({ position } = message);
      } else if (message.type === 'progress' && position !== null)
        for (const [partition, next] of Object.entries(message.next))
          position = advance(position, Number(partition), next);
    },
    onFrame({ header, payload }) {
      if (position === null) throw new Error('a frame before the subscription was answered');
      const meeting = meet(position, header);
      if (meeting.kind === 'hole' || meeting.kind === 'other-epoch') throw new Error(`P4: ${JSON.stringify(meeting)}`);
      const from = meeting.kind === 'overlap' ? meeting.fromOffset : header.firstOffset;
      if (meeting.kind !== 'duplicate') rows += header.nextOffset - from;
      position = advance(position, header.partition, header.nextOffset);
      connection.send({ type: 'credit', bytes: payload.length });
    },
    onDropped: () => undefined,
    onChange: () => undefined,
  });
  return {
    connection,
    outcomes,
    get position() {
      return position;
    },
    get rows() {
      return rows;
    },
  };
}
