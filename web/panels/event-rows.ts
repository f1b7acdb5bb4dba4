import { type Accessor, createEffect, createMemo, createSignal, untrack } from 'solid-js';
import type { PanelPicture, PanelRequest, RowsPicture } from '../../contract/worker-api.ts';
import { useBoard } from './board-context.ts';
import { inView } from './in-view.ts';
import { pastRows, pastRowsSql } from './past-rows.ts';

type Picture = Extract<PanelPicture, { kind: 'rows' }>;

export interface EventRows {
  readonly columns: RowsPicture['columns'];
  /** Newest first. */
  readonly rows: RowsPicture['rows'];
  /** Why there are none; null: they are being asked for, or there are some. */
  readonly nothing: string | null;
}

interface Past {
  readonly sql: string;
  readonly rows: RowsPicture['rows'];
  readonly problem: string | null;
}

/** Until a time is final, what comes late to it is looked for this often. */
const AGAIN_MS = 5000;

/**
 * Rows of the time in view. A picture has the newest there are: of these, those in view; for a time that is over the rows
 * that are kept are asked, once it is chosen, and again until it is final.
 */
export function createEventRows(
  picture: Accessor<Picture>,
  request: Accessor<PanelRequest | null>,
): Accessor<EventRows> {
  const board = useBoard();
  const [past, setPast] = createSignal<Past | null>(null);
  const time = createMemo(() => inView(board.view(), picture().maxEventTimeUs, board.nowMs()), undefined, {
    equals: (a, b) => a.fromUs === b.fromUs && a.untilUs === b.untilUs,
  });
  const sql = createMemo(() => {
    const wanted = request();
    if (wanted?.kind !== 'rows' || time().untilUs === null) return null;
    const fields = board.status()?.streams[wanted.stream]?.schema?.fields ?? [];
    return pastRowsSql(wanted.stream, time(), wanted.filters, fields, wanted.limit);
  });
  const isFinal = createMemo(() => (picture().watermarkUs ?? 0) >= (time().untilUs ?? Number.POSITIVE_INFINITY));
  const again = createMemo(() => (isFinal() ? 0 : Math.floor(board.nowMs() / AGAIN_MS)));
  createEffect(() => {
    const asked = sql();
    again();
    if (asked === null) return;
    // What answers this question is taken, however late: not what answers one before it.
    const put = (found: Omit<Past, 'sql'>) => untrack(sql) === asked && setPast({ sql: asked, ...found });
    board.query(asked).then(
      (rows) => put({ rows: pastRows(rows, picture().columns), problem: null }),
      (error: unknown) => put({ rows: [], problem: error instanceof Error ? error.message : String(error) }),
    );
  });
  return createMemo(() => {
    const { columns, rows } = picture();
    const { fromUs, untilUs } = time();
    const within = rows.filter(
      ({ eventTimeUs }) => (fromUs === null || eventTimeUs >= fromUs) && (untilUs === null || eventTimeUs < untilUs),
    );
    if (untilUs === null) return { columns, rows: within, nothing: within.length > 0 ? null : NOTHING };
    const asked = sql();
    const found = past();
    // What cannot be asked is what of the newest is within it.
    if (asked === null) return { columns, rows: within, nothing: within.length > 0 ? null : NOTHING };
    if (found?.sql !== asked) return { columns, rows: found?.rows ?? within, nothing: null };
    return { columns, rows: found.rows, nothing: found.rows.length > 0 ? null : (found.problem ?? NOTHING) };
  });
}

const NOTHING = 'Nothing that is kept happened in the time in view.';
