import type { PanelPicture, PanelRequest, Span, TimeView } from '../../contract/worker-api.ts';
import type { Engine } from '../../worker/engine.ts';

/** What tests ask the engine for, in few words: all that is kept, up to the newest event, unless they say otherwise. */

type Of<K extends PanelRequest['kind']> = Extract<PanelRequest, { kind: K }>;
type More<K extends PanelRequest['kind']> = Partial<Omit<Of<K>, 'kind'>>;

export function viewOf(span: Span, until: TimeView['until'] = 'newest', earlierUs = 0): TimeView {
  return { span, until, earlierUs };
}

const ALL = viewOf('all');

export function seriesOf(window: string, measures: readonly string[], more: More<'series'> = {}): Of<'series'> {
  return {
    kind: 'series',
    window,
    view: ALL,
    filters: [],
    measures,
    seriesBy: null,
    order: [],
    maxSeries: 12,
    widthPx: 300,
    ...more,
  };
}

export function foldOf(window: string, measure: string, more: More<'fold'> = {}): Of<'fold'> {
  return {
    kind: 'fold',
    window,
    view: ALL,
    filters: [],
    measure,
    by: null,
    over: 'all',
    top: 10,
    sort: 'descending',
    order: [],
    sparkSpan: null,
    ...more,
  };
}

export function groupsOf(window: string, measures: readonly string[], more: More<'groups'> = {}): Of<'groups'> {
  return {
    kind: 'groups',
    window,
    view: ALL,
    filters: [],
    by: [],
    measures,
    over: 'all',
    sort: null,
    top: 100,
    ...more,
  };
}

export function statesOf(window: string, measure: string, more: More<'states'> = {}): Of<'states'> {
  return {
    kind: 'states',
    window,
    view: ALL,
    filters: [],
    measure,
    rowsBy: null,
    order: [],
    maxRows: 50,
    hold: false,
    widthPx: 10_000,
    ...more,
  };
}

export function rowsOf(stream: string, more: More<'rows'> = {}): Of<'rows'> {
  return { kind: 'rows', stream, columns: null, limit: 10, filters: [], ...more };
}

/** The picture of a request; throws what the engine says is wrong with it. */
export function pictureOf<K extends PanelRequest['kind']>(
  engine: Engine,
  request: PanelRequest & { readonly kind: K },
): Extract<PanelPicture, { kind: K }> {
  const picture = engine.picture(request);
  if (picture.kind !== request.kind) throw new Error(JSON.stringify(picture));
  return picture as Extract<PanelPicture, { kind: K }>;
}
