import { pathToFileURL } from 'node:url';
import type { Emissions, OutputMode } from '../../contract/emitted-row.ts';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import type { Frame } from '../../contract/protocol/frame.ts';
import type { Position } from '../../contract/protocol/position.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import type { WindowProblem, WindowStatus } from '../../contract/worker-api.ts';

/**
 * What the command line needs of the engine that a tab runs (worker/engine.ts). It is started as a whole, by path: the
 * relay has no part of the worker, and loads it for this command alone.
 */
export interface HeadlessEngine {
  schema(schema: StreamSchema): void;
  begin(stream: string, outcome: 'fresh', position: Position): void;
  windows(windows: Readonly<Record<string, WindowSpec>>): WindowProblem[];
  apply(frames: readonly Frame[], receivedAtMs: number): unknown;
  progress(stream: string, next: Readonly<Record<string, number>>, watermarkUs: number | null): void;
  emissions(window: string, mode: OutputMode): Emissions;
  windowState(window: string): Omit<WindowStatus, 'problem'> | null;
  explain(): string;
  close(): void;
}

export interface HeadlessModule {
  openHeadless(options: {
    readonly rawBudgetBytes: number;
    readonly paneBudgetBytes: number;
    readonly nowMs: () => number;
  }): Promise<HeadlessEngine>;
}

/** Rows are counted once and then let go: nothing here asks for them again. */
const RAW_BUDGET_BYTES = 16 * 2 ** 20;
const PANE_BUDGET_BYTES = 2 ** 30;

export async function openEngine(nowMs: () => number): Promise<HeadlessEngine> {
  const path = new URL('../../worker/headless.ts', pathToFileURL(import.meta.filename));
  const { openHeadless } = (await import(path.href)) as HeadlessModule;
  return openHeadless({ rawBudgetBytes: RAW_BUDGET_BYTES, paneBudgetBytes: PANE_BUDGET_BYTES, nowMs });
}
