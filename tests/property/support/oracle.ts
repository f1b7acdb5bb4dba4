import { firstOfEach, type HandRow, sessionsOf } from './by-hand.ts';
import { tried } from './conditions.ts';
import type { Arrival } from './delivery.ts';
import type { Native } from './native.ts';
import { projection } from './row-of.ts';
import { calendarWindows } from './wall-clock.ts';
import type { ShapeCase, WindowCase } from './window-case.ts';

/** What one window must give. */
export interface Expected {
  readonly rows: readonly Record<string, unknown>[];
  readonly tooLateRows: number;
  readonly tooLateAssignments: number;
  readonly duplicateRows: number;
  readonly rowsWithoutGap: number;
  /** Rows that count in some window, and those that do not meet the condition. */
  readonly counted: number;
  readonly passedOver: number;
  /** All rows it was fed. */
  readonly received: number;
  /** Of the stream's rows, those refused by all windows of some grouping that would hold them, and those some window takes. */
  readonly refusedOfStream: readonly number[];
  readonly takenOfStream: readonly number[];
}

/**
 * Windows as one query over all rows at once: no panes, nothing kept from tick to tick.
 *
 *     events × arrivals ─▶ source   its computed fields, condition and groups evaluated
 *     source × windows  ─▶ assigned a row per (row, window that holds it), `kept` unless the watermark had closed it
 *     assigned          ─▶ result   GROUP BY window, GROUPING SETS (groups)
 *
 * A window over a window reads the result of that one, each row at its window's end − 1 µs.
 */
export async function expectedOf(native: Native, window: WindowCase, isComplete: boolean): Promise<Expected> {
  const { name, from, shape, compute, where, by, allowUs } = window;
  const late = (condition: string) => (isComplete ? 'true' : condition);
  const input =
    from === null
      ? 'SELECT events.*, seq, frame, wm, _offset FROM events JOIN arrivals USING (idx)'
      : `SELECT *, row_number() OVER () AS idx, epoch_us(window_end) - 1 AS ts, make_timestamp(epoch_us(window_end) - 1) AS _event_time,
         0 AS seq, 0 AS frame, NULL::BIGINT AS wm, 0 AS _partition, 0 AS _offset FROM result_${from}`;
  const computed = Object.entries(compute).reduce(
    (inner, [field, sql]) => `SELECT *, ${tried(sql)} AS "${field}" FROM (${inner})`,
    input,
  );
  const groups = by.map(({ sql }, index) => `${tried(sql)} AS by${index}`);
  const holds = where === null ? 'true' : `coalesce(${tried(where)}, false)`;
  await native.run(
    `CREATE OR REPLACE TEMP TABLE source AS SELECT *, ${[...groups, `${holds} AS holds`].join(', ')} FROM (${computed})`,
  );

  const hand = await byHand(native, window, isComplete);
  await native.run(
    `CREATE OR REPLACE TEMP TABLE held AS SELECT source.*, verdict FROM source JOIN verdicts USING (idx) WHERE verdict <> 'duplicate'`,
  );
  let assigned = `SELECT held.*, gs, ws, we, verdict = 'counts' AND ws IS NOT NULL AS kept FROM held JOIN sessions USING (idx)`;
  if (shape.kind !== 'session') {
    const span = await spanOf(native);
    assigned = `SELECT *, 0 AS gs, verdict = 'counts' AND ${late(`(wm IS NULL OR we IS NULL OR we + ${allowUs} > wm)`)} AS kept
      FROM (${span === null ? HELD_WITHOUT_ROWS : windowsSql(shape, span)})`;
  }
  await native.run(`CREATE OR REPLACE TEMP TABLE assigned AS ${assigned}`);
  await native.run(`CREATE OR REPLACE TEMP TABLE result_${name} AS ${resultSql(window)}`);
  const rows = await native.rows(`SELECT ${projection(window, 'oracle')}, scales, revision FROM result_${name}`);
  const fates = await native.rows(
    `SELECT idx, gs, bool_or(kept) AS kept, count(*) FILTER (NOT kept) AS refused FROM assigned GROUP BY idx, gs`,
  );
  const own = fates.filter(({ gs }) => gs === 0);
  const [{ passed, received } = {}] = await native.rows(
    'SELECT count(*) FILTER (NOT holds) AS passed, count(*) AS received FROM source',
  );
  const idxs = (kept: boolean) =>
    from === null ? fates.filter((fate) => fate.kept === kept).map(({ idx }) => Number(idx)) : [];
  return {
    rows,
    tooLateRows: own.filter(({ kept }) => kept === false).length,
    tooLateAssignments: own.reduce((sum, { refused }) => sum + Number(refused), 0),
    duplicateRows: hand.duplicates,
    rowsWithoutGap: hand.withoutGap,
    counted: own.filter(({ kept }) => kept === true).length,
    passedOver: Number(passed),
    received: Number(received),
    refusedOfStream: idxs(false),
    takenOfStream: idxs(true),
  };
}

/** The arrivals as a table, `wm` and `_offset` with each row. */
export async function loadArrivals(native: Native, arrivals: readonly Arrival[]): Promise<void> {
  const values = arrivals.map(
    ({ event, offset, frame, watermarkUs }, seq) => `(${event}, ${seq}, ${offset}, ${frame}, ${watermarkUs ?? 'NULL'})`,
  );
  await native.run(
    `CREATE OR REPLACE TABLE arrivals (idx INTEGER, seq INTEGER, _offset BIGINT, frame INTEGER, wm BIGINT);
     INSERT INTO arrivals VALUES ${values.join(', ')}`,
  );
}

const HELD_WITHOUT_ROWS = 'SELECT *, 0::BIGINT AS ws, 0::BIGINT AS we FROM held';

async function spanOf(native: Native): Promise<{ fromUs: number; untilUs: number } | null> {
  const [span] = await native.rows('SELECT min(ts) AS low, max(ts) AS high FROM held');
  return span?.low === null || span === undefined ? null : { fromUs: Number(span.low), untilUs: Number(span.high) };
}

/** Every held row once for each window that holds it. */
function windowsSql(shape: Exclude<ShapeCase, { kind: 'session' }>, span: { fromUs: number; untilUs: number }): string {
  const floor = (size: number, offset: number) => `ts - (((ts - ${offset}) % ${size} + ${size}) % ${size})`;
  switch (shape.kind) {
    case 'global':
      return 'SELECT *, NULL::BIGINT AS ws, NULL::BIGINT AS we FROM held';
    case 'tumble':
    case 'hop': {
      const slide = shape.kind === 'hop' ? shape.slideUs : shape.sizeUs;
      const many = Math.ceil(shape.sizeUs / slide);
      return `SELECT *, ws + ${shape.sizeUs} AS we FROM (SELECT *, ${floor(slide, shape.offsetUs)} - k * ${slide} AS ws FROM held, range(${many}) _(k))
        WHERE ts < ws + ${shape.sizeUs}`;
    }
    case 'cumulate':
      return `SELECT * FROM (SELECT *, ${floor(shape.sizeUs, shape.offsetUs)} AS ws, ws + (k + 1) * ${shape.stepUs} AS we
        FROM held, range(${shape.sizeUs / shape.stepUs}) _(k)) WHERE ts < we`;
    case 'calendar': {
      const bounds = calendarWindows(shape, span.fromUs, span.untilUs);
      const values = bounds.map(({ startUs, endUs }) => `(${startUs}::BIGINT, ${endUs}::BIGINT)`);
      return `SELECT held.*, ws, we FROM held JOIN (VALUES ${values.join(', ')}) windows(ws, we) ON ts >= ws AND ts < we`;
    }
  }
}

function resultSql({ by, sets, select, shape }: WindowCase): string {
  const columns = by.map((_, index) => `by${index}`);
  const all = sets ?? [by.map((_, index) => index)];
  const grouping = columns.length === 0 ? '0' : `GROUPING(${columns.join(', ')})`;
  // GROUPING takes only columns of some set, so the set of all is there too, and its rows are left out again.
  const whole = by.map((_, index) => index);
  const keys = [...new Set([whole, ...all].map((set) => set.join()))].map(
    (set) => `(${['ws', 'we', ...set.split(',').flatMap((index) => (index === '' ? [] : [`by${index}`]))].join(', ')})`,
  );
  const parts = [
    'make_timestamp(ws) AS window_start',
    'make_timestamp(we) AS window_end',
    ...by.map(({ name }, index) => `by${index} AS "${name}"`),
    `${grouping} AS grouping_id`,
    ...select.map(({ name, sql }) => `${sql} AS "${name}"`),
    `[${select.map(({ scale }) => `(${scale ?? 1})::DOUBLE`).join(', ')}] AS scales`,
    'count(DISTINCT frame) FILTER (wm >= we) AS revision',
  ];
  const query = (condition: string, wanted: readonly (readonly number[])[]) =>
    `SELECT ${parts.join(', ')} FROM assigned WHERE kept ${condition} GROUP BY GROUPING SETS (${keys.join(', ')})
     HAVING ${grouping} IN (${wanted.map((set) => groupingId(by.length, set)).join(', ')})`;
  if (shape.kind !== 'session') return query('', all);
  // Sessions of each grouping are others, and are assigned one by one.
  return all.map((set, index) => query(`AND gs = ${index}`, [set])).join(' UNION ALL ');
}

function groupingId(columns: number, set: readonly number[]): number {
  return Array.from({ length: columns }, (_, index) => index).reduce(
    (id, index) => id * 2 + (set.includes(index) ? 0 : 1),
    0,
  );
}

/** What SQL does not work out: `verdicts` of the rows that hold, and `sessions`, a row per grouping and row. */
async function byHand(
  native: Native,
  { shape, dedup, by, sets, allowUs, judgedAlone }: WindowCase,
  isComplete: boolean,
): Promise<{ duplicates: number; withoutGap: number }> {
  if (dedup === null && shape.kind !== 'session') {
    await native.run(
      `CREATE OR REPLACE TEMP TABLE verdicts AS SELECT idx, 'counts' AS verdict FROM source WHERE holds`,
    );
    return { duplicates: 0, withoutGap: 0 };
  }
  const groupings = shape.kind === 'session' ? (sets ?? [by.map((_, index) => index)]) : [];
  const rank = (columns: readonly string[]) =>
    `dense_rank() OVER (ORDER BY ${columns.length === 0 ? '0' : columns.join(', ')})`;
  const keys = groupings.map((set, index) => `${rank(set.map((column) => `by${column}`))} AS key${index}`);
  const event = dedup === null ? '0' : rank(dedup.by.map(tried));
  const gap = shape.kind !== 'session' ? 'NULL' : (shape.gapUs ?? 'epoch_us(TRY_CAST(gap AS INTERVAL))');
  const found = await native.rows(
    `SELECT idx, ts, frame, wm, ${[`${event} AS event`, `${gap} AS gap_us`, ...keys].join(', ')} FROM source WHERE holds ORDER BY frame, seq`,
  );
  const optional = (value: unknown) => (value === null ? null : Number(value));
  const rows = found.map(
    (row): HandRow => ({
      idx: Number(row.idx),
      timeUs: Number(row.ts),
      frame: Number(row.frame),
      watermarkUs: optional(row.wm),
      event: Number(row.event),
      gapUs: optional(row.gap_us),
    }),
  );
  const verdicts = dedup === null ? new Map(rows.map(({ idx }) => [idx, 'counts'])) : firstOfEach(rows, dedup.withinUs);
  await fill(
    native,
    'verdicts (idx INTEGER, verdict VARCHAR)',
    [...verdicts].map(([idx, verdict]) => `(${idx}, '${verdict}')`),
  );

  const counting = rows.filter(({ idx }) => verdicts.get(idx) === 'counts');
  const refused = rows.filter(({ idx }) => verdicts.get(idx) === 'too late').map(({ idx }) => idx);
  let withoutGap = 0;
  const members = groupings.flatMap((_, index) => {
    const keyOf = new Map(found.map((row) => [Number(row.idx), Number(row[`key${index}`])]));
    const made = sessionsOf(counting, (idx) => keyOf.get(idx) ?? 0, { allowUs, judgedAlone, isComplete });
    withoutGap = made.withoutGap.length;
    return [
      ...made.sessions.flatMap(({ startUs, endUs, rows: idxs }) =>
        idxs.map((idx) => `(${idx}, ${index}, ${startUs}, ${endUs})`),
      ),
      ...[...made.tooLate, ...refused].map((idx) => `(${idx}, ${index}, NULL, NULL)`),
    ];
  });
  await fill(native, 'sessions (idx INTEGER, gs INTEGER, ws BIGINT, we BIGINT)', members);
  return { duplicates: [...verdicts.values()].filter((verdict) => verdict === 'duplicate').length, withoutGap };
}

async function fill(native: Native, table: string, values: readonly string[]): Promise<void> {
  await native.run(`CREATE OR REPLACE TEMP TABLE ${table}`);
  if (values.length > 0) await native.run(`INSERT INTO ${table.split(' ')[0]} VALUES ${values.join(', ')}`);
}
