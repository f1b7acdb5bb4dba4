import type { EmittedRow } from '../../contract/emitted-row.ts';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import { MAX_TIME_US, MIN_TIME_US } from '../../contract/protocol/frame.ts';
import { parseDurationUs } from '../../contract/spec/duration.ts';
import { formatProblem, loadConfig } from '../../contract/spec/load.ts';
import type { Engine } from '../../worker/engine.ts';
import { testFrame } from '../support/frames.ts';
import type { Emitted } from './reference.ts';
import { configOf, type Row, type Scenario } from './scenario.ts';

export interface Run extends Emitted {
  /** Rows too late for every window, after each batch. */
  readonly tooLateCounts: readonly number[];
}

const POSITION = { epoch: 'e1', next: { 0: 0 } };
let streams = 0;

/** Runs a scenario on an engine, which may have run others: each has a stream of its own. */
export async function runOnEngine(engine: Engine, scenario: Scenario): Promise<Run> {
  const stream = `events_${++streams}`;
  const loaded = loadConfig(configOf(scenario, stream));
  if ('problems' in loaded)
    throw new Error(loaded.problems.map((problem) => formatProblem('case', problem)).join('\n'));
  const schema = schemaOf(scenario, stream);
  engine.schema(schema);
  engine.begin(stream, 'fresh', POSITION);
  const problems = engine.windows(loaded.config.windows);
  if (problems.length > 0) throw new Error(problems.map(({ message, fix }) => `${message}: ${fix}`).join('\n'));
  if (scenario.startMs !== null) engine.progress(stream, {}, scenario.startMs * 1000);
  const emissions = engine.emissions(scenario.output, scenario.mode);

  const delayUs = parseDurationUs(scenario.delay) ?? 0;
  let watermarkUs = scenario.startMs === null ? MIN_TIME_US : scenario.startMs * 1000;
  let offset = 0;
  const batches: Row[][] = [];
  const tooLateCounts: number[] = [];
  for (const batch of scenario.batches) {
    const rows = batch.rows.map((row) => ({ ...row, timeUs: Number(row[scenario.timeField]) * 1000 }));
    if (rows.length > 0) {
      const frame = testFrame(schema, rows, { firstOffset: offset, watermarkUs });
      engine.apply([frame], 0);
      offset += rows.length;
    }
    const newestUs = rows.reduce((newest, { timeUs }) => Math.max(newest, timeUs), MIN_TIME_US) - delayUs;
    if (batch.watermarkMs !== null)
      watermarkUs = Math.max(watermarkUs, batch.watermarkMs === undefined ? newestUs : batch.watermarkMs * 1000);
    engine.progress(stream, {}, watermarkUs);
    batches.push(emissions.next().map(rowOf));
    tooLateCounts.push(engine.streamState(stream).tooLate);
  }
  const tooLate = await tooLateRows(engine, stream);
  if (scenario.closes) engine.progress(stream, {}, MAX_TIME_US);
  const atEnd = scenario.closes ? emissions.next().map(rowOf) : [];
  emissions.close();
  engine.windows({});
  engine.begin(stream, 'reset', POSITION);
  return { batches, atEnd, tooLate, tooLateCounts };
}

function schemaOf({ timeField, fields }: Scenario, stream: string): StreamSchema {
  const all = { [timeField]: 'timestamp' as const, ...fields };
  return {
    type: 'schema',
    stream,
    version: 1,
    timeField,
    inferred: false,
    fields: Object.entries(all).map(([name, type]) => ({ name, type, role: 'text', unit: null })),
  };
}

/** An emitted row in the columns cases have; a retracted one has null where its values were. */
function rowOf({ windowStartUs, windowEndUs, columns, state, revision }: EmittedRow): Row {
  return {
    window_start_ms: windowStartUs === null ? null : windowStartUs / 1000,
    window_end_ms: windowEndUs === null ? null : windowEndUs / 1000,
    state,
    revision,
    ...columns,
  };
}

/** Rows that counted nowhere, in the columns they came with. */
async function tooLateRows(engine: Engine, stream: string): Promise<Row[]> {
  if (engine.streamState(stream).tooLate === 0) return [];
  return await engine.query(`SELECT * FROM too_late.${stream} WHERE NOT _counted`);
}
