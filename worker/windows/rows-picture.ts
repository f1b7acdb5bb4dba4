import type { PanelRequest, RowsPicture } from '../../contract/worker-api.ts';
import type { RecentRow } from '../ingest/recent-rows.ts';
import type { StreamState } from '../ingest/stream-state.ts';

/** A stream's newest rows by event time, of those that are asked for. */
export function rowsPicture(
  state: StreamState,
  request: Extract<PanelRequest, { kind: 'rows' }>,
  rows: readonly RecentRow[],
): RowsPicture {
  const fields = state.schema?.fields ?? [];
  // The time field says what every row begins with, its event time.
  const wanted = request.columns ?? fields.map(({ name }) => name).filter((name) => name !== state.schema?.timeField);
  const shown = wanted.map((name) => {
    const field = fields.find((known) => known.name === name);
    if (!field)
      throw new RangeError(
        `stream ${state.name} has no field "${name}", but ${fields.map((known) => known.name).join(', ')}`,
      );
    return field;
  });
  return {
    columns: shown.map(({ name, type, unit }) => ({ name, type, unit })),
    rows: rows.map(({ timeUs, cells, arrived }) => ({
      eventTimeUs: timeUs,
      state:
        arrived !== 'in time'
          ? arrived
          : state.watermarkUs !== null && timeUs < state.watermarkUs
            ? 'final'
            : 'provisional',
      cells: shown.map(({ name, type }) => {
        const cell = cells.get(name) ?? null;
        return type === 'bool' && cell !== null ? cell === 1 : cell;
      }),
    })),
  };
}
