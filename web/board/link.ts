import type { Board } from '../../contract/spec/board.ts';
import { own } from '../../contract/spec/own.ts';
import type { Link } from '../../contract/spec/panels/parts.ts';
import type { RangeText } from '../time/range.ts';
import { ownRange } from '../time/words.ts';
import { filtersOf, withValues } from '../variables/choose.ts';
import { type View, writeView } from './view.ts';

/** Where a link is followed from. */
export interface LinkedFrom {
  readonly view: View;
  readonly board: Board;
  readonly boards: Readonly<Record<string, Board>>;
  /** What is in view now, as written and in µs; null: all that is kept. */
  readonly range: RangeText;
  readonly between: { readonly fromUs: number; readonly untilUs: number } | null;
  /** The page's address. */
  readonly location: Pick<Location, 'pathname' | 'search' | 'href'>;
}

/**
 * The address a click on a value leads to; null: nowhere that a page may lead to. Another board shows the same time, what
 * is chosen here and the value: as its own variable of the column where it has one, else as a filter. An address elsewhere
 * is http or https, with `$key`, `$column`, `$from` and `$to` (ms since 1970) put in. Without a column (empty) nothing was clicked
 * but the panel's own menu.
 */
export function hrefOf(link: Link, column: string, key: string | null, from: LinkedFrom): string | null {
  return 'board' in link ? boardHref(link.board, column, key, from) : elsewhere(link.url, column, key, from);
}

function boardHref(name: string, column: string, key: string | null, from: LinkedFrom): string | null {
  const board = own(from.boards, name);
  if (!board) return null;
  const kept = filtersOf(from.view, from.board).filter((one) => one.column !== column || one.not);
  let chosen: Pick<View, 'variables' | 'filters'> = { variables: {}, filters: [] };
  const followed = column === '' ? [] : [{ column, values: [key], not: false }];
  for (const filter of [...kept, ...followed]) {
    const [variable, spec] =
      Object.entries(board.variables ?? {}).find(([, one]) => one.column === filter.column) ?? [];
    chosen =
      variable === undefined || spec === undefined || filter.not
        ? { ...chosen, filters: [...chosen.filters, filter] }
        : { ...chosen, ...withValues(chosen, variable, spec, filter.values) };
  }
  const range = ownRange(board.range);
  const sameRange = range.from === from.range.from && range.to === from.range.to;
  const view: View = {
    ...from.view,
    ...chosen,
    board: name,
    from: sameRange ? null : from.range.from,
    to: sameRange || from.range.to === 'now' ? null : from.range.to,
    viewPanel: null,
    page: null,
  };
  return `${from.location.pathname}${writeView(view, from.location.search)}`;
}

function elsewhere(url: string, column: string, key: string | null, { between, location }: LinkedFrom): string | null {
  const given: Readonly<Record<string, string>> = {
    key: key ?? '',
    column,
    from: between ? String(Math.floor(between.fromUs / 1000)) : '',
    to: between ? String(Math.ceil(between.untilUs / 1000)) : '',
  };
  const text = url.replace(/\$(key|column|from|to)\b/g, (_, name: string) =>
    encodeURIComponent((given[name] ?? '').toWellFormed()),
  );
  const found = URL.parse(text, location.href);
  return found?.protocol === 'https:' || found?.protocol === 'http:' ? found.href : null;
}
