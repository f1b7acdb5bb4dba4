import { parseDurationUs } from '../../contract/spec/duration.ts';

const DEFAULT_MS = 15_000;
const LEAST_MS = 1000;

/** `?watchdog=30s`: how long the engine may be silent before it is started again; for machines that are very slow. */
export function stuckMs(search: string): number {
  const given = new URLSearchParams(search).get('watchdog');
  const us = given === null ? null : parseDurationUs(given);
  return us === null || us === undefined ? DEFAULT_MS : Math.max(LEAST_MS, us / 1000);
}
