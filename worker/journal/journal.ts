import type { Clock } from '../../contract/clock.ts';
import { BoardsSchema, type Down } from '../../contract/protocol/down.ts';
import { recordAt } from '../../contract/protocol/record.ts';
import type { JournalStatus } from '../../contract/worker-api.ts';
import type { ReceivedFrame } from '../connection/inbox.ts';
import { checksum, decodeValue, encodeValue, type JournalEntry, type MessageEntry } from './entry.ts';
import { FileTaken, type JournalFile, type JournalFiles, readStart, writeParts } from './files.ts';
import { StreamJournal } from './stream-journal.ts';

export type BoardsMessage = Extract<Down, { type: 'boards' }>;

/**
 * What a tab keeps of its streams for the next opening: every frame and message that was applied, in the order it was,
 * within a budget. Read back in that order it makes the same engine, at the position from which the relay goes on. (J1)
 *
 *     off ─ open ─▶ on ─ a file that cannot be written or read ─▶ failed: what was written stays as it is
 *
 *     v1-boards        the newest boards; open for as long as the journal is, so that no other tab has the same
 *     v1-3-17          segment 17 of the third stream
 */
export interface Journal {
  status(): Omit<JournalStatus, 'restoredRows'>;
  /** Takes the files for this tab; the boards it had. Never rejects: `status` says what came of it. */
  open(): Promise<BoardsMessage | null>;
  /**
   * All entries, each stream's in order, in pieces for one tick each: streams that are `awaited` first, whenever they
   * are. Nothing may be added meanwhile.
   */
  read(awaited?: (stream: string) => boolean): AsyncGenerator<readonly JournalEntry[]>;
  /** An entry was applied; of one that said nothing new, nothing is kept. */
  add(entry: MessageEntry | ReceivedFrame): void;
  /** The tick is over: what was added is written. */
  commit(): void;
  boards(message: BoardsMessage): void;
  /** Other streams than these are kept no longer. */
  keepOnly(streams: readonly string[]): void;
  /** All that was written is made durable. */
  flush(): void;
  /** Everything goes. */
  clear(): void;
  /** Flushes, and gives the files back once they are. */
  close(): Promise<void>;
}

export interface JournalOptions {
  readonly files: JournalFiles;
  readonly clock: Clock;
  readonly budgetBytes: number;
  /** A full segment at most; default 16 MiB. */
  readonly maxSegmentBytes?: number;
}

const BOARDS = 'v1-boards';
const BOARDS_KIND = 4;
const SEGMENT = /^v1-(\d+)-(\d+)$/;
const MAX_SEGMENT_BYTES = 16 * 2 ** 20;
/** What a power cut may take. */
const FLUSH_MS = 500;
/** One piece: tens of milliseconds of the engine's time. */
const PIECE_ROWS = 50_000;
const PIECE_BYTES = 4 * 2 ** 20;
const DAMAGED = 'Part of what this browser kept was damaged and let go; from there on the relay was asked again.';
/** A tab that has just gone may hold its files a moment longer. */
const TAKEN_MS = 5000;

export function createJournal({ files, clock, budgetBytes, maxSegmentBytes }: JournalOptions): Journal {
  let state: JournalStatus['state'] = 'off';
  let message: string | null = null;
  let boardsFile: JournalFile | null = null;
  let boardsText = '';
  let streams: StreamJournal[] = [];
  let work = Promise.resolve();
  let cancelFlush = () => {};

  const fail = (error: unknown) => {
    if (state === 'failed') return;
    state = 'failed';
    message = `What this tab keeps for its next opening cannot be kept: ${reasonOf(error)}.`;
    shut();
  };
  /** Nothing thrown here reaches who calls: rows go on in memory. */
  const guarded = (run: () => void) => {
    if (state !== 'on') return;
    try {
      run();
    } catch (error) {
      fail(error);
    }
  };
  const shut = () => {
    cancelFlush();
    for (const close of [...streams.map((stream) => () => stream.close()), () => boardsFile?.close()])
      try {
        close();
      } catch (error) {
        message ??= reasonOf(error);
      }
    boardsFile = null;
  };

  const patient: JournalFiles = { ...files, open: (name) => openPatiently(files, clock, name) };
  const options = {
    files: patient,
    segmentBytes: () => Math.min(maxSegmentBytes ?? MAX_SEGMENT_BYTES, budgetBytes / (8 + 2 * streams.length)),
    work: (run: () => Promise<void>) => {
      work = work.then(() => (state === 'on' ? run() : undefined)).catch(fail);
    },
    nameOf: (id: number, segment: number) => `v1-${id}-${segment}`,
  };

  const streamOf = (name: string): StreamJournal => {
    const known = streams.find(({ stream }) => stream === name);
    if (known) return known;
    const id = 1 + streams.reduce((most, stream) => Math.max(most, stream.id), 0);
    const made = new StreamJournal(id, name, [], options);
    streams.push(made);
    return made;
  };
  const bytes = () => streams.reduce((sum, stream) => sum + stream.bytes, 0);
  const stayWithin = () => {
    for (let over = bytes() > budgetBytes; over; over = bytes() > budgetBytes) {
      const largest = streams
        .filter(({ segments }) => segments > 1)
        .reduce<StreamJournal | null>((most, one) => (most && most.bytes >= one.bytes ? most : one), null);
      if (!largest) return;
      largest.release();
    }
  };
  const flush = () => {
    cancelFlush();
    cancelFlush = () => {};
    flushes = false;
    guarded(() => {
      for (const stream of streams) stream.flush();
    });
  };
  let flushes = false;
  const flushSoon = () => {
    if (flushes) return;
    flushes = true;
    cancelFlush = clock.after(FLUSH_MS, flush);
  };

  const openFiles = async (): Promise<BoardsMessage | null> => {
    boardsFile = await patient.open(BOARDS);
    const numbers = new Map<number, number[]>();
    for (const name of await files.list()) {
      const [, id, segment] = SEGMENT.exec(name) ?? [];
      if (id && segment) numbers.set(Number(id), [...(numbers.get(Number(id)) ?? []), Number(segment)]);
      else if (name !== BOARDS) await files.remove(name);
    }
    state = 'on';
    // Of a stream that is not read yet, the name is not known.
    streams = [...numbers].map(([id, segments]) => new StreamJournal(id, '', segments, options));
    const record = recordAt(readStart(boardsFile), 0, checksum);
    return record && boardsOf(record.body);
  };

  return {
    status: () => ({ state, message, bytes: state === 'on' ? bytes() : 0, budgetBytes }),
    async open() {
      try {
        return await openFiles();
      } catch (error) {
        if (error instanceof FileTaken) message = 'Another tab keeps the rows for the next opening.';
        else fail(error);
        return null;
      }
    },
    async *read(awaited = () => false) {
      await work;
      guarded(() => {
        for (const stream of streams) stream.commit(clock.nowMs());
      });
      try {
        const smallestFirst = streams.toSorted((left, right) => left.segments - right.segments);
        for await (const piece of inTurn(smallestFirst, awaited)) {
          yield piece;
          if (state !== 'on') return;
        }
        if (streams.some(({ damaged }) => damaged)) message = DAMAGED;
        // A stream of which nothing could be read has no name, and goes with what is left of it.
        for (const stream of streams.filter(({ segments }) => segments === 0)) stream.clear();
        streams = streams.filter(({ segments }) => segments > 0);
      } catch (error) {
        fail(error);
      }
    },
    add: (entry) =>
      guarded(() => streamOf('message' in entry ? entry.message.stream : entry.frame.header.stream).add(entry)),
    commit: () =>
      guarded(() => {
        for (const stream of streams) stream.commit(clock.nowMs());
        stayWithin();
        flushSoon();
      }),
    boards: (boards) =>
      guarded(() => {
        const text = JSON.stringify(boards);
        if (boardsFile === null || text === boardsText) return;
        boardsText = text;
        boardsFile.truncate(0);
        writeParts(boardsFile, [encodeValue(BOARDS_KIND, boards, clock.nowMs())], 0);
      }),
    keepOnly: (names) =>
      guarded(() => {
        for (const stream of streams) if (!names.includes(stream.stream)) stream.clear();
      }),
    flush,
    clear: () =>
      guarded(() => {
        for (const stream of streams) stream.clear();
      }),
    async close() {
      guarded(() => {
        for (const stream of streams) stream.commit(clock.nowMs());
      });
      await work;
      flush();
      if (state === 'on') state = 'off';
      shut();
    },
  };
}

/** Pieces of all streams, one after the other; one that is left for another holds a segment until its turn comes again. */
async function* inTurn(
  streams: readonly StreamJournal[],
  awaited: (stream: string) => boolean,
): AsyncGenerator<readonly JournalEntry[]> {
  for (const stream of streams) await stream.find();
  let reading = streams.map((stream) => ({ stream, pieces: piecesOf(stream.read()) }));
  try {
    while (reading.length > 0) {
      const next = reading.find(({ stream }) => awaited(stream.stream)) ?? reading[0];
      if (!next) return;
      const { value, done } = await next.pieces.next();
      if (done) reading = reading.filter((one) => one !== next);
      else yield value;
    }
  } finally {
    // Files are given back.
    for (const { pieces } of reading) await pieces.return(undefined);
  }
}

/** Bounded pieces of one stream's entries. */
async function* piecesOf(entries: AsyncGenerator<JournalEntry>): AsyncGenerator<readonly JournalEntry[]> {
  let piece: JournalEntry[] = [];
  let rows = 0;
  let bytes = 0;
  for await (const entry of entries) {
    piece.push(entry);
    if (!('frame' in entry)) continue;
    rows += entry.frame.header.rows;
    bytes += entry.frame.payload.length;
    if (rows < PIECE_ROWS && bytes < PIECE_BYTES) continue;
    yield piece;
    piece = [];
    rows = 0;
    bytes = 0;
  }
  if (piece.length > 0) yield piece;
}

async function openPatiently(files: JournalFiles, clock: Clock, name: string): Promise<JournalFile> {
  const untilMs = clock.nowMs() + TAKEN_MS;
  for (let waitMs = 25; ; waitMs *= 2)
    try {
      return await files.open(name);
    } catch (error) {
      const leftMs = untilMs - clock.nowMs();
      if (!(error instanceof FileTaken) || leftMs <= 0) throw error;
      await new Promise<void>((resolve) => clock.after(Math.min(waitMs, leftMs), resolve));
    }
}

function boardsOf(body: Uint8Array): BoardsMessage | null {
  const read = BoardsSchema.safeParse(tryValue(body));
  return read.success ? read.data : null;
}

function tryValue(body: Uint8Array): unknown {
  try {
    return decodeValue(body);
  } catch {
    // Not what this version writes: as if there were none.
    return null;
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'QuotaExceededError') return 'the browser gives no more room';
  return error instanceof Error ? error.message : String(error);
}

/** Keeps nothing: not wanted here. */
export function noJournal(): Journal {
  return {
    status: () => ({ state: 'off', message: null, bytes: 0, budgetBytes: 0 }),
    open: async () => null,
    async *read() {},
    add: () => {},
    commit: () => {},
    boards: () => {},
    keepOnly: () => {},
    flush: () => {},
    clear: () => {},
    close: async () => {},
  };
}
