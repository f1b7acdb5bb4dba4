import { parseByteSize } from '../../contract/spec/byte-size.ts';
import { parseDurationUs } from '../../contract/spec/duration.ts';

const DEFAULT_MS = 15_000;
const LEAST_MS = 1000;

/** `?watchdog=30s`: how long the engine may be silent before it is started again; for machines that are very slow. */
export function stuckMs(search: string): number {
  const given = new URLSearchParams(search).get('watchdog');
  const us = given === null ? null : parseDurationUs(given);
  return us === null || us === undefined ? DEFAULT_MS : Math.max(LEAST_MS, us / 1000);
}

/** `?journal=32MiB`: bytes of frames kept in the browser's own storage for the next opening; for machines with small disks. */
export function journalBytes(search: string, otherwise: number): number {
  const given = new URLSearchParams(search).get('journal');
  return (given === null ? null : parseByteSize(given)) ?? otherwise;
}
