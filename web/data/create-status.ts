import { proxy, type Remote } from 'comlink';
import { type Accessor, createSignal } from 'solid-js';
import type { Status, WorkerApi } from '../../contract/worker-api.ts';

/** The worker's state, at most twice a second; null until it first tells. */
export function createStatus(api: Remote<WorkerApi>): Accessor<Status | null> {
  const [status, setStatus] = createSignal<Status | null>(null);
  void api.onStatus(proxy((now: Status) => void setStatus(now)));
  return status;
}
