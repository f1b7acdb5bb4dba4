import type { OutputMode } from '../../contract/emitted-row.ts';
import { HighwaterError } from '../../contract/errors.ts';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import { parseDurationUs } from '../../contract/spec/duration.ts';
import type { StreamSpec } from '../../contract/spec/stream.ts';
import { readSpec } from '../config.ts';
import { Shaper } from '../shape/shaper.ts';
import { type HeadlessEngine, openEngine } from './engine.ts';
import { type Input, openInput } from './input.ts';
import type { Output } from './output.ts';
import type { PartitionRule } from './partitions.ts';
import { rowText } from './row-text.ts';
import { type Selection, select } from './selection.ts';
import { StreamRun } from './stream-run.ts';
import { summaryText } from './summary.ts';
import { placeProblems } from './window-problems.ts';

export interface RunOptions {
  readonly config: string;
  /** null: all windows. */
  readonly window: string | null;
  readonly inputs: readonly string[];
  readonly mode: OutputMode;
  readonly partitions: PartitionRule;
  readonly batchRecords: number;
  readonly keepOpen: boolean;
  readonly explain: boolean;
  readonly strict: boolean;
  readonly verbose: boolean;
}

/** What the command has of the process around it. */
export interface RunHost {
  readonly stdin: NodeJS.ReadStream;
  readonly output: Output;
  /** A line for a person. */
  readonly tell: (text: string) => void;
  readonly nowMs: () => number;
  /** Aborted: reading stops, nothing is closed, and the summary is told. */
  readonly signal: AbortSignal;
}

/** 0 all went well; 3 `--strict` and some record was no row; 130 it was interrupted. 1 and 2 are what is thrown. */
export type RunExit = 0 | 3 | 130;

/**
 * Runs the windows of a configuration over inputs, with the engine of a tab and no browser.
 *
 *     configuration ─▶ selection ─▶ inputs opened ─▶ first records, fields ─▶ windows planned ─▶ batch, rows, batch, rows, … ─▶ end
 *
 * Throws `config_invalid` with every problem, `file_unreadable` for an input.
 */
export async function run(options: RunOptions, host: RunHost): Promise<RunExit> {
  const { config, text } = await readSpec(options.config);
  const selection = select(config, {
    window: options.window,
    inputs: options.inputs,
    defaultInput: host.stdin.isTTY || options.explain ? null : '-',
    needed: !options.explain,
  });
  for (const name of selection.leftOut) host.tell(`${name} is left out: its stream has no --input`);
  const inputs = new Map<string, Input>();
  for (const [stream, path] of selection.inputs)
    inputs.set(stream, path === null ? NO_INPUT : await openInput(path, host.stdin, host.nowMs()));
  if (options.verbose)
    for (const [stream, { label }] of inputs)
      host.tell(`${stream} reads ${label}, not ${config.streams[stream]?.source}`);

  const engine = await openEngine(host.nowMs);
  try {
    const streams = [...inputs].map(([name, input]) => {
      const spec = config.streams[name];
      if (spec === undefined) throw new TypeError(`no stream ${name}`);
      return streamRun(name, spec, input, options, engine, host);
    });
    const schemas: StreamSchema[] = [];
    for (const stream of streams) schemas.push(await stream.open());
    const problems = engine.windows(selection.windows);
    const placing = { file: options.config, text, windows: selection.windows };
    const unseen = streams.filter(({ isSampled }) => !isSampled).map(({ stream }) => stream);
    if (problems.length > 0 && (options.explain || unseen.length === 0))
      throw refused(placeProblems(problems, { ...placing, fields: fieldsOf(schemas) }), unseen);
    if (!options.explain) return await runAll(streams, selection, options, engine, host);
    for (const schema of schemas) host.output.line(schemaText(schema));
    host.output.line(engine.explain());
    await host.output.flush();
    return 0;
  } finally {
    engine.close();
  }
}

async function runAll(
  streams: readonly StreamRun[],
  { printed, streamOf }: Selection,
  options: RunOptions,
  engine: HeadlessEngine,
  { output, tell, nowMs, signal }: RunHost,
): Promise<RunExit> {
  // Without a record there may be no fields, and so no window.
  const running = printed.filter((window) => engine.windowState(window) !== null);
  const emissions = running.map((window) => ({
    stream: streamOf.get(window),
    name: options.window === null ? window : null,
    emissions: engine.emissions(window, options.mode),
  }));
  const print = async (stream: string): Promise<void> => {
    for (const { stream: from, name, emissions: emitted } of emissions)
      if (from === stream) for (const row of emitted.next()) output.line(rowText(row, name));
    await output.flush();
  };
  const startMs = nowMs();
  for (let open = [...streams]; open.length > 0 && !signal.aborted; ) {
    const still: StreamRun[] = [];
    for (const run of open) {
      if (!(await run.nextBatch())) continue;
      await print(run.stream);
      still.push(run);
    }
    open = still;
  }
  if (!options.keepOpen && !signal.aborted)
    for (const run of streams) {
      run.close();
      await print(run.stream);
    }
  await output.flush();
  const seconds = (nowMs() - startMs) / 1000;
  const interrupted = signal.aborted ? 'interrupted: ' : '';
  const took = options.verbose ? `; ${seconds.toFixed(2)} s` : '';
  tell(`${interrupted}${summaryText(streams, running, engine)}${took}`);
  if (signal.aborted) return 130;
  return options.strict && streams.some(({ counts }) => counts.deadLetters > 0) ? 3 : 0;
}

function streamRun(
  stream: string,
  spec: StreamSpec,
  input: Input,
  { batchRecords, partitions }: RunOptions,
  engine: HeadlessEngine,
  { nowMs, signal }: RunHost,
): StreamRun {
  const { field, format, delay, ahead } = spec.time;
  const shaper = new Shaper({ stream, time: { field, format }, fields: spec.fields, topics: false });
  const aheadUs = ahead === undefined || ahead === 'any' ? null : parseDurationUs(ahead);
  const delayUs = parseDurationUs(delay) ?? 0;
  return new StreamRun({
    stream,
    rules: { shaper, aheadUs, nowMs },
    delayUs,
    input,
    batchRecords,
    partitions,
    engine,
    signal,
  });
}

function refused(problems: readonly string[], unseen: readonly string[]): HighwaterError {
  const message =
    problems.length === 1 ? String(problems[0]) : `${problems.length} problems:\n  ${problems.join('\n  ')}`;
  const fix =
    unseen.length === 0
      ? 'correct what is named and run again'
      : `correct what is named; fields that ${unseen.join(', ')} does not declare are found in records: add --input`;
  return new HighwaterError('config_invalid', message, fix);
}

function fieldsOf(schemas: readonly StreamSchema[]): Map<string, string[]> {
  return new Map(schemas.map(({ stream, fields }) => [stream, fields.map(({ name }) => name)] as const));
}

function schemaText({ stream, timeField, fields, inferred }: StreamSchema): string {
  const width = Math.max(...fields.map(({ name }) => name.length), 0);
  const lines = fields.map(({ name, type }) => {
    const time = name === timeField ? '  (event time)' : '';
    return `  ${name.padEnd(width)}  ${type}${time}`;
  });
  return [`stream ${stream}${inferred ? ', its fields as the first records have them' : ''}`, ...lines, ''].join('\n');
}

const NO_INPUT: Input = {
  label: 'nothing',
  timestampMs: 0,
  async *chunks() {},
};
