import { type Accessor, createSignal } from 'solid-js';
import type { Status } from '../../contract/worker-api.ts';
import type { EngineLink } from './engine-link.ts';

/** The worker's state, at most twice a second; null until it first tells. */
export function createStatus(link: EngineLink): Accessor<Status | null> {
  const [status, setStatus] = createSignal<Status | null>(null);
  link.onStatus((now) => void setStatus(now));
  return status;
}
