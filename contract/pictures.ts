/**
 * What panels ask of the engine, and the pictures that come back. Times in `…Us` are µs since the epoch, UTC; typed arrays are
 * transferred, never shared.
 */

/** So many µs, or all that is kept. */
export type Span = number | 'all';

/**
 * Which event time is in view:
 *
 *     ├──────── spanUs ────────┤ until          until: the newest event, the clock on the wall, or a time
 *        ├──────── spanUs ─────┤← earlierUs →   earlierUs: the same, that much before; to compare with
 */
export interface TimeView {
  readonly span: Span;
  /** The newest event, this computer's clock, or µs since the epoch. */
  readonly until: 'newest' | 'now' | number;
  /** 0: as it is. */
  readonly earlierUs: number;
  /**
   * It begins there, however long ago that is by now: today, this shift. `span` then says about how long it is. Left out: it
   * begins `span` before its end.
   */
  readonly fromUs?: number;
}

/**
 * Only events whose column has one of these values, as texts the way pictures show them; null: no value. Of a window whose
 * `by` has the column, its groups are chosen; else a window like it is kept for as long as somebody looks, filled from the
 * rows that are kept.
 */
export interface Filter {
  readonly column: string;
  readonly values: readonly (string | null)[];
  /** All but these. */
  readonly not: boolean;
  /** Windows and streams it holds for: a picture of another says that it is not filtered. Left out: all. */
  readonly of?: readonly string[];
}

interface OfWindow {
  readonly window: string;
  readonly view: TimeView;
  readonly filters: readonly Filter[];
}

export type PanelRequest =
  | (OfWindow & {
      readonly kind: 'series';
      readonly measures: readonly string[];
      /** By-column whose values become series; null: one series per measure. */
      readonly seriesBy: string | null;
      readonly order: readonly string[];
      /** Series at most; the largest, of measures that can be added, else those in most windows. */
      readonly maxSeries: number;
      /** Pixels of plot width: at most four points per pixel come back (M4), and the newest window. Null: every window. */
      readonly widthPx: number | null;
    })
  | (OfWindow & {
      readonly kind: 'fold';
      readonly measure: string;
      /** By-column whose values become bars; null: one number. */
      readonly by: string | null;
      /** Event time folded, back from the view's end; null: its newest window alone. */
      readonly over: Span | null;
      readonly top: number;
      /** By value, or by the groups themselves: numbers as numbers, texts as texts. */
      readonly sort: 'ascending' | 'descending' | 'group';
      /** Exactly these keys, in this order, absent ones as null. Empty: by value. */
      readonly order: readonly string[];
      /** With a number: also that much event time of the measure, window by window, for a sparkline. */
      readonly sparkSpan: Span | null;
    })
  | (OfWindow & {
      /** Several measures of each group, folded: a table, dots, a target. */
      readonly kind: 'groups';
      /** By-columns; empty: one row for all. */
      readonly by: readonly string[];
      readonly measures: readonly string[];
      readonly over: Span | null;
      /** A by-column or measure. Null: by the first measure. */
      readonly sort: { readonly by: string; readonly direction: 'ascending' | 'descending' } | null;
      readonly top: number;
    })
  | (OfWindow & {
      /** What one measure, text or number, was in each window; stretches of the same are one. */
      readonly kind: 'states';
      readonly measure: string;
      readonly rowsBy: string | null;
      readonly order: readonly string[];
      readonly maxRows: number;
      /** A state lasts until the next is told. */
      readonly hold: boolean;
      readonly widthPx: number;
    })
  | {
      readonly kind: 'rows';
      readonly stream: string;
      readonly columns: readonly string[] | null;
      readonly limit: number;
      readonly filters: readonly Filter[];
    };

/** Common to all pictures: how far the data behind it has come. */
export interface PictureTime {
  /** The event time in view, of what follows the clock or the newest event too; null: before the first row, or all. */
  readonly fromUs: number | null;
  readonly untilUs: number | null;
  /** Filters that could not be applied, by their column: what is shown is of all. */
  readonly unfiltered: readonly string[];
  /** The one its rows come from in the end. */
  readonly stream: string;
  /** Newest event time counted; null before the first row. */
  readonly maxEventTimeUs: number | null;
  readonly watermarkUs: number | null;
  /** Wall clock when the newest frame behind this picture was received; null before the first row. */
  readonly receivedAtMs: number | null;
  /** The newest frame behind this picture: the relay's clock when it was sealed. */
  readonly sealedAtMs: number | null;
  /**
   * How far the stream itself has come, where the window is fed closed rows of another: those come a window late, so that
   * only this says whether the picture is behind. Left out: the window is fed the stream, and the times are those above.
   */
  readonly streamTime?: { readonly maxEventTimeUs: number | null; readonly watermarkUs: number | null };
}

export type PanelPicture =
  | ({ readonly kind: 'series' } & PictureTime & SeriesPicture)
  | ({ readonly kind: 'fold' } & PictureTime & FoldPicture)
  | ({ readonly kind: 'groups' } & PictureTime & GroupsPicture)
  | ({ readonly kind: 'states' } & PictureTime & StatesPicture)
  | ({ readonly kind: 'rows' } & PictureTime & RowsPicture)
  | { readonly kind: 'error'; readonly message: string; readonly fix: string };

export interface SeriesPicture {
  /** Length of a window, by the calendar a nominal one; 0 for sessions and the global window. */
  readonly windowSizeUs: number;
  /** From one window's end to the next, likewise: for windows that overlap it is less than their length. */
  readonly stepUs: number;
  /** Per window its end − step, seconds since the epoch, ascending: of windows that do not overlap, their starts. */
  readonly xSeconds: Float64Array;
  /** One value per x; NaN where there is none (counts and sums of an empty window are 0). */
  readonly series: readonly { readonly name: string; readonly values: Float64Array }[];
  /** 1 where a window was changed after it was final; same length as x. */
  readonly revised: Uint8Array;
  /** Series not shown because there were too many. */
  readonly hiddenSeries: number;
  /** Relative error bound of the values: 0 is exact. */
  readonly relativeError: number;
  /** Windows before this were let go; null: none were. */
  readonly keptFromUs: number | null;
  /** Windows before this are folded into coarser ones; of counts and sums they show the mean. Null: none are. */
  readonly coarseBeforeUs: number | null;
}

export interface FoldPicture {
  readonly windowSizeUs: number;
  readonly stepUs: number;
  readonly rows: readonly { readonly key: string; readonly value: number | null }[];
  /** Keys beyond `top`, and their folded value when it can be said (counts and sums). */
  readonly rest: { readonly keys: number; readonly value: number | null };
  /** With a number over a length of event time: how it stands to the same length before. Null: nothing to compare. */
  readonly versus: Versus | null;
  readonly spark: { readonly xSeconds: Float64Array; readonly values: Float64Array } | null;
  readonly relativeError: number;
  /** Windows before this were let go, or were never counted; null or left out: none were. */
  readonly keptFromUs?: number | null;
}

/**
 * A number against the same length of event time just before. Of both only as much is compared as is final, so that
 * neither side misses what the other has:
 *
 *     before ├─────────────┬────┤ now ├─────────────┬────┤ newest
 *            └─ compared ──┘          └─ compared ──┘ watermark
 */
export interface Versus {
  /** [fromUs, untilUs) of now; before is the same, `overUs` earlier. */
  readonly fromUs: number;
  readonly untilUs: number;
  readonly overUs: number;
  readonly now: number | null;
  readonly before: number | null;
}

export interface GroupsPicture {
  readonly windowSizeUs: number;
  readonly stepUs: number;
  /** The by-columns, then the measures. */
  readonly columns: readonly {
    readonly name: string;
    readonly role: 'group' | 'measure';
    readonly isNumber: boolean;
  }[];
  /** One cell per column; times as texts. */
  readonly rows: readonly { readonly cells: readonly (string | number | null)[] }[];
  /** Groups beyond `top`. */
  readonly restGroups: number;
  readonly relativeError: number;
  /** Windows before this were let go; null: none were. */
  readonly keptFromUs: number | null;
}

export interface StatesPicture {
  readonly windowSizeUs: number;
  readonly stepUs: number;
  readonly rows: readonly {
    readonly key: string;
    /** Ascending, not overlapping; [fromUs, untilUs). Provisional where its last window is not final. */
    readonly stretches: readonly {
      readonly fromUs: number;
      readonly untilUs: number;
      readonly state: string | number;
      readonly provisional: boolean;
      readonly revised: boolean;
    }[];
  }[];
  readonly hiddenRows: number;
  readonly keptFromUs: number | null;
}

export interface RowsPicture {
  readonly columns: readonly { readonly name: string; readonly type: string; readonly unit: string | null }[];
  /** Newest first; `state` is how the watermark stood to the row when it came. */
  readonly rows: readonly {
    readonly eventTimeUs: number;
    readonly state: 'provisional' | 'final' | 'late' | 'too late';
    readonly cells: readonly unknown[];
  }[];
}
