import type { Status } from '../../contract/worker-api.ts';

/** The page is opening: what this browser kept is read back, or the relay is asked for the first time. Nothing is wrong yet. */
export function isOpening(status: Status): boolean {
  const { connection, restoring = false } = status;
  if (connection.state === 'closed') return false;
  return restoring || (connection.state === 'connecting' && connection.attempt === 1 && !wasLive(status));
}

/** The relay has spoken to this engine before: what is missing now was there. */
export function wasLive({ connection, clockAheadMs, streams }: Status): boolean {
  return (
    connection.state === 'live' ||
    clockAheadMs !== null ||
    Object.values(streams).some(({ delivery }) => delivery !== null)
  );
}
