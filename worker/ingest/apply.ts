import { HighwaterError } from '../../contract/errors.ts';
import type { Frame } from '../../contract/protocol/frame.ts';
import { advance, meet, type Position } from '../../contract/protocol/position.ts';
import type { ApplyResult } from '../engine.ts';
import { isTooLate, TOO_LATE } from '../panes/row-filter.ts';
import type { Database } from '../store/database.ts';
import { errorText } from '../store/error-text.ts';
import { quoteTable, RAW_SCHEMA } from '../store/segments.ts';
import { laterWatermark } from '../watermark.ts';
import { evaluateSql } from './evaluate-sql.ts';
import { evaluateTexts } from './evaluate-texts.ts';
import { FrameBlock } from './frame-block.ts';
import { stage } from './stage.ts';
import type { StreamState } from './stream-state.ts';
import { type Unit, unitsOf } from './unit.ts';
import { newRows, type Unsettled } from './unsettled.ts';

const STAGING = { schema: RAW_SCHEMA, name: '_staging' };

/**
 * One tick. Everything that can fail comes first and changes nothing: what the database would refuse about a frame is
 * found by decoding it. What follows only moves numbers in memory, in one step: so rows, position and panes are of one
 * tick or none. The tables get the rows later, and before anything reads them. (P6)
 *
 *   meet ─▶ decode and check ─▶ evaluate SQL over the new rows ─▶ rows that wait, position, panes, watermark, recent rows
 */
export function applyFrames(
  database: Database,
  unsettled: Unsettled,
  streamOf: (name: string) => StreamState,
  frames: readonly Frame[],
  receivedAtMs: number,
  advance: Advance,
): ApplyResult {
  const plan = planTick(streamOf, frames);
  try {
    for (const [state, blocks] of plan.perStream) evaluateBlocks(database, state, blocks);
  } catch (error) {
    throw new HighwaterError(
      'store_failed',
      `Rows could not be evaluated: ${errorText(error)}`,
      'Nothing of this delivery was kept. Reload the page to start again from its position.',
      { cause: error },
    );
  }
  for (const [state, blocks] of plan.perStream) {
    unsettled.add(state, blocks);
    for (const block of blocks) count(state, block, receivedAtMs, advance);
  }
  for (const [state, position] of plan.positions) state.position = position;
  for (const [state, duplicates] of plan.duplicates) state.duplicates += duplicates;
  const bytes = plan.taken.reduce((sum, { payload }) => sum + payload.length, 0);
  return { rows: plan.perStream.reduce((sum, [, blocks]) => sum + newRows(blocks), 0), bytes, hole: plan.hole };
}

/** Told when a stream's watermark has moved: windows may have closed. */
export type Advance = (state: StreamState) => void;

interface TickPlan {
  readonly taken: readonly Frame[];
  readonly perStream: readonly (readonly [StreamState, readonly FrameBlock[]])[];
  readonly positions: ReadonlyMap<StreamState, Position>;
  readonly duplicates: ReadonlyMap<StreamState, number>;
  readonly hole: ApplyResult['hole'];
}

function planTick(streamOf: (name: string) => StreamState, frames: readonly Frame[]): TickPlan {
  const taken: Frame[] = [];
  const blocks = new Map<StreamState, FrameBlock[]>();
  const positions = new Map<StreamState, Position>();
  const duplicates = new Map<StreamState, number>();
  for (const frame of frames) {
    const { header } = frame;
    const state = streamOf(header.stream);
    const position = positions.get(state) ?? state.position ?? { epoch: header.epoch, next: {} };
    const meeting = meet(position, header);
    if (meeting.kind === 'hole' || meeting.kind === 'other-epoch')
      return { taken, perStream: [...blocks], positions, duplicates, hole: { stream: header.stream, position } };
    taken.push(frame);
    if (meeting.kind === 'duplicate') {
      duplicates.set(state, (duplicates.get(state) ?? 0) + header.rows);
      continue;
    }
    const block = decode(state, frame, meeting.kind === 'overlap' ? meeting.fromOffset : header.firstOffset);
    if (block.from > 0) duplicates.set(state, (duplicates.get(state) ?? 0) + block.from);
    blocks.set(state, [...(blocks.get(state) ?? []), block]);
    positions.set(state, advance(position, header.partition, header.nextOffset));
  }
  return { taken, perStream: [...blocks], positions, duplicates, hole: null };
}

function decode(state: StreamState, frame: Frame, fromOffset: number): FrameBlock {
  const schema = state.schemas.get(frame.header.schemaVersion);
  try {
    if (!schema) throw new RangeError(`schema version ${frame.header.schemaVersion} never came`);
    return new FrameBlock(frame, schema, fromOffset, (text) => {
      const expression = state.expressions.get(text);
      if (!expression) throw new RangeError(`no expression "${text}"`);
      return expression;
    });
  } catch (error) {
    throw new HighwaterError(
      'store_failed',
      `A frame of ${state.name} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'Reload the page; if it comes again, restart the relay and report it.',
      { cause: error },
    );
  }
}

function evaluateBlocks(database: Database, state: StreamState, blocks: readonly FrameBlock[]): void {
  const expressions = [...state.expressions.values()].filter((expression) => expression.kind === 'sql');
  if (expressions.length === 0) return;
  const sql = new Set(evaluateTexts(database, expressions, blocks).map((expression) => expression.sql));
  if (sql.size === 0) return;
  for (const unit of unitsOf(blocks)) evaluateUnit(database, state, unit, [...sql]);
}

function evaluateUnit(database: Database, state: StreamState, unit: Unit, sql: readonly string[]): void {
  const [first] = unit.blocks;
  if (!first) return;
  database.run('BEGIN');
  try {
    const staged = stage(unit.blocks, first.schema, sql);
    database.insert(staged?.ipc ?? unit.ipc(), STAGING, true);
    const rows = state.segments.projection(quoteTable(STAGING), first.schema, staged?.fields);
    evaluateSql(database, rows, sql, unit.blocks);
  } finally {
    // Takes the staging table away; after a failed insert the connection is new and has nothing to take back.
    database.rollback();
  }
}

/** Adds new rows to windows and counters. */
function count(state: StreamState, block: FrameBlock, receivedAtMs: number, advance: Advance): void {
  const { header } = block.frame;
  const watermarkUs = laterWatermark(state.watermarkUs, header.watermarkBeforeUs);
  if (watermarkUs !== state.watermarkUs) {
    state.watermarkUs = watermarkUs;
    advance(state);
  }
  const someLate = watermarkUs !== null && header.minEventTimeUs <= watermarkUs;
  const marks = someLate ? new Uint8Array(block.rows) : null;
  for (const table of state.tables) table.add(block, watermarkUs, marks);
  if (marks !== null && watermarkUs !== null) countLate(state, block, watermarkUs, marks);
  state.recent.add(block, watermarkUs, marks);
  for (const chosen of state.chosen.values()) chosen.add(block, watermarkUs, marks);
  state.gaps.counted(header, watermarkUs);
  state.received += block.rows - block.from;
  state.maxEventTimeUs = Math.max(state.maxEventTimeUs ?? header.maxEventTimeUs, header.maxEventTimeUs);
  state.receivedAtMs = receivedAtMs;
  state.sealedAtMs = header.sealedAtUs / 1000;
  state.revision++;
}

/** A row is too late when a window refused it and none took it; it is kept apart when any refused it. (W8) */
function countLate(state: StreamState, block: FrameBlock, watermarkUs: number, marks: Uint8Array): void {
  for (let row = block.from; row < block.rows; row++) {
    const timeUs = block.timeUs[row] ?? 0;
    if (timeUs > watermarkUs) continue;
    const mark = marks[row] ?? 0;
    if (isTooLate(mark)) state.tooLate++;
    else if (timeUs < watermarkUs) state.late++;
    if ((mark & TOO_LATE) !== 0) state.tooLateRows.add(block, row, watermarkUs, !isTooLate(mark));
  }
}
