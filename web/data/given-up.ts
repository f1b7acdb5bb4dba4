import type { Status } from '../../contract/worker-api.ts';
import type { Failure } from './failure.ts';

/** The last status of an engine that is given up says that it is connected, or that another comes: neither is so. */
export function givenUp(last: Status, { message }: Failure): Status {
  return { ...last, rebuilding: false, restoring: false, connection: { state: 'closed', reason: message } };
}
