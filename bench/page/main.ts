import { qualify } from './qualify.ts';
import { sustain } from './sustain.ts';
import { tickBySize } from './tick-by-size.ts';
import { tickCases } from './tick-cases.ts';
import { versus } from './versus.ts';
import { versusDuckDb } from './versus-duckdb.ts';
import { yahoo } from './yahoo.ts';

/** What the harness may call in the page; every answer is plain JSON. */
const bench = { qualify, sustain, tickBySize, tickCases, versus, versusDuckDb, yahoo };
export type Bench = typeof bench;

declare global {
  interface Window {
    bench: Bench;
  }
}
window.bench = bench;
