import { type Accessor, createMemo } from 'solid-js';
import type { PanelRequest } from '../../contract/worker-api.ts';

/** Changes when something else is asked for; out of sight nothing is, and what was before still holds. */
export function createAsked(request: Accessor<PanelRequest | null>): Accessor<string> {
  return createMemo((before: string) => {
    const now = request();
    return now === null ? before : JSON.stringify(now);
  }, '');
}
