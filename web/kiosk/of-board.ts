import type { Boards, Status } from '../../contract/worker-api.ts';
import { boardEntries } from '../board/home-entries.ts';

/** A status without the streams that a board does not show: a wall speaks of what is on it. Without a board all are. */
export function statusOfBoard(status: Status, boards: Boards | null, name: string | null): Status {
  const entry = boards && name !== null ? boardEntries(boards).find((one) => one.name === name) : undefined;
  if (entry === undefined) return status;
  const streams = Object.entries(status.streams).filter(([stream]) => entry.streams.includes(stream));
  return { ...status, streams: Object.fromEntries(streams) };
}

/** Says of each status whether rows have come since the one before, of the streams it tells of. */
export function createFlow(): (status: Status) => boolean {
  let before = new Map<string, number>();
  return ({ connection, rebuilding, streams }) => {
    const now = new Map(Object.entries(streams).map(([name, { received }]) => [name, received]));
    const grew = [...now].some(([name, received]) => received > (before.get(name) ?? received));
    before = now;
    return grew && connection.state === 'live' && !rebuilding;
  };
}
