import { HighwaterError } from '../contract/errors.ts';
import { MAX_TIME_US } from '../contract/protocol/frame.ts';
import { advance } from '../contract/protocol/position.ts';
import type { Filter, PanelPicture, PanelRequest, PictureTime } from '../contract/worker-api.ts';
import type { Engine, EngineOptions } from './engine.ts';
import type { WindowRequest } from './filters/filter-plan.ts';
import { chosenRows, keepChosen, watchChosen } from './filters/filtered-rows.ts';
import { FilteredWindows } from './filters/filtered-windows.ts';
import { applyFrames } from './ingest/apply.ts';
import { Gaps } from './ingest/gaps.ts';
import { mergeSchemas, sameFields } from './ingest/merge-schemas.ts';
import { RecentRows } from './ingest/recent-rows.ts';
import type { StreamState } from './ingest/stream-state.ts';
import { TooLateRows } from './ingest/too-late-rows.ts';
import { Unsettled } from './ingest/unsettled.ts';
import { memoryBudget } from './memory-budget.ts';
import { createQueries } from './query/queries.ts';
import { TOO_LATE_SCHEMA } from './query/too-late-table.ts';
import type { Database } from './store/database.ts';
import { releaseAged, releaseBeyond } from './store/retention.ts';
import { RAW_SCHEMA, Segments } from './store/segments.ts';
import { laterWatermark } from './watermark.ts';
import { emissionsOf } from './windows/emissions.ts';
import { explainWindows } from './windows/explain.ts';
import type { Feed } from './windows/feed.ts';
import { foldPicture } from './windows/fold.ts';
import { groupsPicture } from './windows/groups.ts';
import { rowsPicture } from './windows/rows-picture.ts';
import { seriesPicture } from './windows/series.ts';
import { statesPicture } from './windows/states.ts';
import { stretchOf } from './windows/stretch.ts';
import { revisionOf } from './windows/view-revision.ts';
import { WindowSet } from './windows/window-set.ts';
import { windowStateOf } from './windows/window-state.ts';

/** Of the raw budget, what may wait for its tables: half a segment at most, so that retention stays as fine. */
const UNSETTLED_SHARE = 1 / 16;
const DEFAULT_PANE_BUDGET_BYTES = 256 * 2 ** 20;

/** The engine over an opened database, which it owns from here on. */
export function createEngine(database: Database, options: EngineOptions): Engine {
  const streams = new Map<string, StreamState>();
  const unsettled = new Unsettled(database, options.rawBudgetBytes * UNSETTLED_SHARE);
  const settle = () => unsettled.settle();
  const windows = new WindowSet(database, settle, options.paneBudgetBytes ?? DEFAULT_PANE_BUDGET_BYTES);
  const filtered = new FilteredWindows(windows, streams);
  const queries = createQueries(database, settle, streams, windows, options.nowMs);
  database.run(`CREATE SCHEMA ${RAW_SCHEMA}; CREATE SCHEMA ${TOO_LATE_SCHEMA}`);

  const streamOf = (name: string): StreamState => {
    let state = streams.get(name);
    if (!state) {
      state = newStream(name, database, options);
      streams.set(name, state);
    }
    return state;
  };

  const nowUs = () => (options.wallMs ? options.wallMs() * 1000 : null);

  const pictureOf = (request: PanelRequest): PanelPicture => {
    if (request.kind === 'rows') {
      const state = known(request.stream, streams);
      const { rows, unfiltered } = chosenRows(state, request.filters, request.limit, database, settle);
      return { kind: 'rows', ...timeOf(state), unfiltered, ...rowsPicture(state, request, rows) };
    }
    const asked = windows.all.get(request.window);
    if (!asked) return missingWindow(request.window, windows);
    const { kept, unfiltered } = filtered.of(asked, request, options.nowMs());
    const stretch = stretchOf(request.view, kept.feed, nowUs);
    const bounds = { fromUs: stretch?.fromUs ?? null, untilUs: stretch?.untilUs ?? null };
    const time = { ...timeOf(kept.feed), ...bounds, unfiltered };
    switch (request.kind) {
      case 'series':
        return { kind: 'series', ...time, ...seriesPicture(kept, request, stretch) };
      case 'fold':
        return { kind: 'fold', ...time, ...foldPicture(kept, request, stretch, nowUs) };
      case 'groups':
        return { kind: 'groups', ...time, ...groupsPicture(kept, request, stretch) };
      case 'states':
        return { kind: 'states', ...time, ...statesPicture(kept, request, stretch) };
    }
  };

  return {
    schema(schema) {
      const state = streamOf(schema.stream);
      const known = state.schemas.get(schema.version);
      if (!known || !sameFields(known, schema)) state.schemas.set(schema.version, schema);
      const merged = mergeSchemas(state.schema, schema);
      state.segments.maxAgeUs = merged.keepUs ?? null;
      if (state.schema && sameFields(state.schema, merged)) return;
      state.schema = merged;
      state.segments.announce(merged);
      windows.refresh(streams);
    },
    windows: (specs) => windows.replace(specs, streams),
    begin(stream, outcome, position, keptFromUs = null) {
      const state = streamOf(stream);
      if (outcome === 'resumed') return;
      if (outcome === 'reset') {
        forget(state, unsettled);
        windows.refresh(streams);
      }
      if (keptFromUs !== null) {
        state.keptFromUs = keptFromUs;
        for (const table of state.tables) table.completeFrom(keptFromUs);
      }
      if (outcome === 'gap')
        for (const [partition, offset] of Object.entries(position.next))
          if (offset !== (state.position?.next[partition] ?? 0)) state.gaps.add(Number(partition), state);
      state.position = position;
      state.revision++;
    },
    gap(stream, partition, nextOffset) {
      const state = streamOf(stream);
      state.gaps.add(partition, state);
      if (state.position) state.position = advance(state.position, partition, nextOffset);
      state.revision++;
    },
    apply(frames, receivedAtMs) {
      const result = applyFrames(database, unsettled, streamOf, frames, receivedAtMs, ({ name }) =>
        windows.advance(name),
      );
      const stored = [...streams.values()].reduce((sum, { segments }) => sum + segments.bytes, 0);
      if (unsettled.full || stored + unsettled.totalBytes > options.rawBudgetBytes) settle();
      releaseBeyond(streams.values(), options.rawBudgetBytes);
      releaseAged(streams.values());
      return result;
    },
    progress(stream, next, watermarkUs) {
      const state = streamOf(stream);
      // The end of the input: nothing at all is expected any more.
      const endless = watermarkUs !== null && watermarkUs >= MAX_TIME_US ? Number.POSITIVE_INFINITY : watermarkUs;
      state.watermarkUs = laterWatermark(state.watermarkUs, endless);
      windows.advance(stream);
      for (const [partition, offset] of Object.entries(next))
        if (state.position) state.position = advance(state.position, Number(partition), offset);
      state.revision++;
    },
    position: (stream) => streams.get(stream)?.position ?? null,
    revision(request) {
      if (request.kind === 'rows') return streams.get(request.stream)?.revision ?? 0;
      const kept = windows.all.get(request.window);
      if (!kept) return 0;
      if (typeof request.view.until !== 'number') return kept.feed.revision;
      const { kept: found, unfiltered } = filtered.of(kept, request, null);
      const revision = revisionOf(found, request.view.until - request.view.earlierUs);
      // What there was no room for is tried again.
      return unfiltered.length === 0 ? revision : `${revision} ${kept.feed.revision}`;
    },
    picture(request) {
      try {
        return pictureOf(request);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        return { kind: 'error', message: error.message, fix: 'Correct the panel in its board file.' };
      }
    },
    watch(requests) {
      for (const [name, state] of streams) watchChosen(state, choicesOf(name, requests));
      filtered.watch(requests.filter(ofWindow), options.nowMs());
    },
    keepFor(requests) {
      filtered.keepFor(requests.filter(ofWindow));
      for (const [name, state] of streams) keepChosen(state, choicesOf(name, requests));
    },
    query: queries.query,
    emissions(window, mode) {
      const kept = windows.all.get(window);
      if (kept) return emissionsOf(kept, mode);
      const missing = missingWindow(window, windows);
      throw new HighwaterError('query_refused', missing.message, missing.fix);
    },
    explain: () => explainWindows(windows.all.values()),
    windowState(window) {
      const kept = windows.all.get(window);
      return kept ? windowStateOf(kept) : null;
    },
    streamState(stream) {
      const state = known(stream, streams);
      return {
        positions: state.position,
        watermarkUs: state.watermarkUs,
        maxEventTimeUs: state.maxEventTimeUs,
        rows: state.segments.rows + unsettled.rows(state),
        memory: state.segments.bytes + unsettled.bytes(state),
        received: state.received,
        released: state.released,
        late: state.late,
        tooLate: state.tooLate,
        duplicates: state.duplicates,
        schema: state.schema,
      };
    },
    paneMemory: () => windows.paneMemory(),
    memory: () => ({ usedBytes: database.memoryBytes(), budgetBytes: memoryBudget(options).budgetBytes }),
    close() {
      queries.close();
      database.close();
    },
  };
}

function ofWindow(request: PanelRequest): request is WindowRequest {
  return request.kind !== 'rows';
}

/** What is chosen of a stream's rows by the requests that show them. */
function choicesOf(name: string, requests: readonly PanelRequest[]): (readonly Filter[])[] {
  return requests.flatMap((request) =>
    request.kind === 'rows' && request.stream === name && request.filters.length > 0 ? [request.filters] : [],
  );
}

function newStream(name: string, database: Database, options: EngineOptions): StreamState {
  return {
    name,
    segments: new Segments(database, name, options.rawBudgetBytes),
    stream: name,
    recent: new RecentRows(),
    chosen: new Map(),
    watchedChoices: new Set(),
    tooLateRows: new TooLateRows(),
    schemas: new Map(),
    schema: null,
    expressions: new Map(),
    tables: [],
    gaps: new Gaps(),
    position: null,
    keptFromUs: null,
    watermarkUs: null,
    maxEventTimeUs: null,
    receivedAtMs: null,
    sealedAtMs: null,
    received: 0,
    released: 0,
    late: 0,
    tooLate: 0,
    duplicates: 0,
    revision: 0,
  };
}

/** Its past does not join its future: rows, panes and times go; what was ever received is still counted. */
function forget(state: StreamState, unsettled: Unsettled): void {
  state.released += state.segments.clear() + unsettled.drop(state);
  state.recent.clear();
  state.chosen.clear();
  state.tooLateRows.clear();
  state.tables = [];
  state.gaps.clear();
  state.keptFromUs = null;
  state.watermarkUs = null;
  state.maxEventTimeUs = null;
}

function timeOf({ stream, maxEventTimeUs, watermarkUs, receivedAtMs, sealedAtMs, streamTime }: Feed): PictureTime {
  const times = { stream, maxEventTimeUs, watermarkUs, receivedAtMs, sealedAtMs, ...(streamTime && { streamTime }) };
  return { ...times, fromUs: null, untilUs: null, unfiltered: [] };
}

function known(stream: string, streams: ReadonlyMap<string, StreamState>): StreamState {
  const state = streams.get(stream);
  if (state) return state;
  throw new HighwaterError(
    'query_refused',
    `There is no stream ${stream}.`,
    `Streams here: ${[...streams.keys()].join(', ') || 'none yet'}.`,
  );
}

function missingWindow(name: string, windows: WindowSet): Extract<PanelPicture, { kind: 'error' }> {
  const problem = windows.problems.find(({ window }) => window === name);
  if (problem) return { kind: 'error', message: problem.message, fix: problem.fix };
  if (!Object.hasOwn(windows.specs, name))
    return {
      kind: 'error',
      message: `There is no window ${name}: no board and no configuration has it now.`,
      fix: `Windows there are: ${Object.keys(windows.specs).join(', ') || 'none'}. Name one of these, or write it again.`,
    };
  return {
    kind: 'error',
    message: `Window ${name} does not run yet: what it is made of has no records.`,
    fix: `Windows that run: ${[...windows.all.keys()].join(', ') || 'none yet'}.`,
  };
}
