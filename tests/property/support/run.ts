import type { EmittedRow, OutputMode } from '../../../contract/emitted-row.ts';
import type { StreamSchema } from '../../../contract/protocol/down.ts';
import { MAX_TIME_US } from '../../../contract/protocol/frame.ts';
import { WindowSpecSchema } from '../../../contract/spec/window.ts';
import type { WindowStatus } from '../../../contract/worker-api.ts';
import type { Engine, EngineStreamState } from '../../../worker/engine.ts';
import { foldOf } from '../../support/requests.ts';
import type { Delivery, Step } from './delivery.ts';
import { type ComparedRow, projection, rowOfEmission, rowOfTable } from './row-of.ts';
import { specOf, type WindowCase } from './window-case.ts';

export interface WindowRun {
  /** By mode, what each look has given. */
  readonly emitted: Readonly<Partial<Record<OutputMode, readonly (readonly ComparedRow[])[]>>>;
  /** The window's table after the end of the input. */
  readonly table: readonly ComparedRow[];
  readonly status: WindowStatus;
  /** `n` folded over all of time, as pictures show it. */
  readonly folded: number | null;
}

export interface Run {
  readonly windows: ReadonlyMap<string, WindowRun>;
  readonly stream: EngineStreamState;
}

/** Windows that are replaced on the way. */
export interface Stage {
  /** Before this step. */
  readonly atStep: number;
  readonly windows: readonly WindowCase[];
}

/** Runs a delivery on a stream of its own, looking at the windows after every step, and closes it by the end of the input. */
export async function run(
  engine: Engine,
  schema: StreamSchema,
  stages: readonly Stage[],
  delivery: Delivery,
  modes: readonly OutputMode[],
): Promise<Run> {
  const { stream } = schema;
  engine.schema(schema);
  engine.begin(stream, 'fresh', { epoch: 'e1', next: {} });
  let watched: readonly Watched[] = [];
  let windows: readonly WindowCase[] = [];
  const follow = () => {
    for (const { close } of watched) close();
    watched = windows.map((window) => watch(engine, window, modes));
  };
  for (const [index, step] of [...delivery.steps, END].entries()) {
    const stage = stages.findLast(({ atStep }) => atStep === index);
    if (stage) {
      windows = stage.windows;
      replaceWindows(engine, windows, stream);
      follow();
    }
    take(engine, stream, step);
    if (step.kind === 'reset') follow();
    for (const { look } of watched) look();
  }
  const found = new Map<string, WindowRun>();
  for (const { window, emitted, close } of watched) {
    found.set(window.name, { emitted, ...(await readWindow(engine, window)) });
    close();
  }
  const state = engine.streamState(stream);
  engine.windows({});
  engine.begin(stream, 'reset', { epoch: 'done', next: {} });
  return { windows: found, stream: state };
}

const END: Step = { kind: 'progress', watermarkUs: MAX_TIME_US };

function replaceWindows(engine: Engine, windows: readonly WindowCase[], stream: string): void {
  const specs = windows.map((window) => [window.name, WindowSpecSchema.parse(specOf(window, stream))] as const);
  const problems = engine.windows(Object.fromEntries(specs));
  if (problems.length > 0)
    throw new Error(problems.map(({ window, message, fix }) => `${window}: ${message} ${fix}`).join('\n'));
}

function take(engine: Engine, stream: string, step: Step): void {
  switch (step.kind) {
    case 'tick': {
      const { hole } = engine.apply(step.frames, 0);
      if (hole !== null) throw new Error(`a hole at ${JSON.stringify(hole)}`);
      return;
    }
    case 'progress':
      engine.progress(stream, {}, step.watermarkUs);
      return;
    case 'reset':
      engine.begin(stream, 'reset', { epoch: 'e1', next: {} });
      return;
    case 'resumed':
      engine.begin(stream, 'resumed', engine.position(stream) ?? { epoch: 'e1', next: {} });
  }
}

interface Watched {
  readonly window: WindowCase;
  readonly emitted: WindowRun['emitted'];
  readonly look: () => void;
  readonly close: () => void;
}

function watch(engine: Engine, window: WindowCase, modes: readonly OutputMode[]): Watched {
  const followed = modes.map((mode) => ({
    mode,
    emissions: engine.emissions(window.name, mode),
    rows: [] as ComparedRow[][],
  }));
  const toRow = (row: EmittedRow) => rowOfEmission(row, window);
  return {
    window,
    emitted: Object.fromEntries(followed.map(({ mode, rows }) => [mode, rows])),
    look: () => {
      for (const { emissions, rows } of followed) rows.push(emissions.next().map(toRow));
    },
    close: () => {
      for (const { emissions } of followed) emissions.close();
    },
  };
}

async function readWindow(engine: Engine, window: WindowCase): Promise<Omit<WindowRun, 'emitted'>> {
  const status = engine.windowState(window.name);
  if (status === null) throw new Error(`${window.name} does not run`);
  const rows = await engine.query(`SELECT ${projection(window, 'engine')}, state, revision FROM ${window.name}`, {
    maxRows: 1_000_000,
  });
  const picture = engine.picture(foldOf(window.name, 'n'));
  if (picture.kind !== 'fold') throw new Error(`no picture of ${window.name}: ${JSON.stringify(picture)}`);
  return { table: rows.map((row) => rowOfTable(row, window)), status, folded: picture.rows[0]?.value ?? null };
}
