import { advance, meet, type Position } from '../../contract/protocol/position.ts';
import type { Engine } from '../../worker/engine.ts';
import { testSchema } from '../support/frames.ts';

/** An engine that keeps nothing but which offsets were counted, and obeys the rules of positions. */
export interface PositionEngine extends Engine {
  /** `partition:offset` of every row counted of a stream, in order, repeated when counted twice. */
  counted(stream: string): string[];
  /** Rows before this were let go before it began; null: none were. */
  keptFromUs(stream: string): number | null;
  failNextApply: Error | null;
  failNextQuery: Error | null;
}

export function createPositionEngine(): PositionEngine {
  const positions = new Map<string, Position>();
  const rows = new Map<string, string[]>();
  const keptFrom = new Map<string, number>();
  let revision = 0;
  const engine: PositionEngine = {
    failNextApply: null,
    failNextQuery: null,
    counted: (stream) => rows.get(stream) ?? [],
    keptFromUs: (stream) => keptFrom.get(stream) ?? null,
    schema: () => {},
    windows: () => [],
    emissions: () => ({ next: () => [], close: () => {} }),
    explain: () => '',
    windowState: () => null,
    begin(stream, outcome, position, keptFromUs = null) {
      if (outcome === 'reset') {
        rows.delete(stream);
        keptFrom.delete(stream);
      }
      if (keptFromUs !== null) keptFrom.set(stream, keptFromUs);
      if (outcome !== 'resumed') positions.set(stream, position);
    },
    apply(frames) {
      if (engine.failNextApply) throw engine.failNextApply;
      let bytes = 0;
      let added = 0;
      for (const { header, payload } of frames) {
        const position = positions.get(header.stream) ?? { epoch: header.epoch, next: {} };
        const meeting = meet(position, header);
        if (meeting.kind === 'hole' || meeting.kind === 'other-epoch')
          return { rows: added, bytes, hole: { stream: header.stream, position } };
        bytes += payload.byteLength;
        if (meeting.kind === 'duplicate') continue;
        const from = meeting.kind === 'overlap' ? meeting.fromOffset : header.firstOffset;
        const kept = rows.get(header.stream) ?? [];
        for (let offset = from; offset < header.nextOffset; offset++) kept.push(`${header.partition}:${offset}`);
        added += header.nextOffset - from;
        rows.set(header.stream, kept);
        positions.set(header.stream, advance(position, header.partition, header.nextOffset));
      }
      revision++;
      return { rows: added, bytes, hole: null };
    },
    progress(stream, next) {
      let position = positions.get(stream);
      for (const [partition, offset] of Object.entries(next))
        if (position) position = advance(position, Number(partition), offset);
      if (position) positions.set(stream, position);
    },
    gap: (stream, partition, nextOffset) => engine.progress(stream, { [partition]: nextOffset }, null),
    position: (stream) => positions.get(stream) ?? null,
    revision: () => revision,
    picture: () => ({ kind: 'error', message: `revision ${revision}`, fix: '' }),
    watch: () => {},
    keepFor: () => {},
    query: async () => {
      if (engine.failNextQuery) throw engine.failNextQuery;
      return [];
    },
    streamState: (stream) => ({
      positions: positions.get(stream) ?? null,
      watermarkUs: null,
      maxEventTimeUs: null,
      rows: rows.get(stream)?.length ?? 0,
      memory: 0,
      received: rows.get(stream)?.length ?? 0,
      released: 0,
      late: 0,
      tooLate: 0,
      duplicates: 0,
      schema: testSchema(stream, {}),
    }),
    memory: () => ({ usedBytes: 0, budgetBytes: 0 }),
    paneMemory: () => ({ usedBytes: 0, budgetBytes: 0 }),
    close: () => {},
  };
  return engine;
}
