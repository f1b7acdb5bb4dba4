import { parseByteSize } from '../../contract/spec/byte-size.ts';
import { parseDurationUs } from '../../contract/spec/duration.ts';

const DEFAULT_MS = 15_000;
const LEAST_MS = 1000;
/** With less an engine with a few rows would be started again and again. */
const LEAST_HEAP_BYTES = 128 * 2 ** 20;

/** With less no window would be kept long enough to be seen. */
const LEAST_PANE_BYTES = 4 * 2 ** 20;

/** `?watchdog=30s`: how long the engine may be silent before it is started again; for machines that are very slow. */
export function stuckMs(search: string): number {
  const given = new URLSearchParams(search).get('watchdog');
  const us = given === null ? null : parseDurationUs(given);
  return us === null || us === undefined ? DEFAULT_MS : Math.max(LEAST_MS, us / 1000);
}

/** `?journal=32MiB`: bytes of frames kept in the browser's own storage for the next opening; for machines with small disks. `0`: nothing is. */
export function journalBytes(search: string, otherwise: number): number {
  return bytesOf(search, 'journal') ?? otherwise;
}

/** `?heap=1GiB`: bytes of memory with which the engine is started again; for machines with little. */
export function heapBytes(search: string, otherwise: number): number {
  const given = bytesOf(search, 'heap');
  return given === null ? otherwise : Math.max(LEAST_HEAP_BYTES, given);
}

/** `?panes=32MiB`: bytes of windows' panes kept before they become coarser; for machines with little memory. */
export function paneBytes(search: string, otherwise: number): number {
  const given = bytesOf(search, 'panes');
  return given === null ? otherwise : Math.max(LEAST_PANE_BYTES, given);
}

function bytesOf(search: string, name: string): number | null {
  const given = new URLSearchParams(search).get(name);
  return given === null ? null : given === '0' ? 0 : parseByteSize(given);
}
