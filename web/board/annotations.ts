import { type Accessor, createMemo, mapArray } from 'solid-js';
import type { Annotation, Board } from '../../contract/spec/board.ts';
import type { PanelPicture, PanelRequest, RowsPicture } from '../../contract/worker-api.ts';
import type { Mark } from '../panels/board-context.ts';
import { onlyFilters } from '../panels/request-of.ts';

type OfStream = Extract<Annotation, { stream: string }>;

/** Of the newest rows of a stream so many are marks. */
const MAX_ROWS = 200;

/** What a board's file has to tell of moments, and the newest rows of the streams it names for that. */
export function createAnnotations(
  board: Accessor<Pick<Board, 'annotations'>>,
  picture: (request: Accessor<PanelRequest | null>) => Accessor<PanelPicture | undefined>,
): Accessor<readonly Mark[]> {
  const all = createMemo(() => board().annotations ?? []);
  const written = createMemo(() => all().flatMap((one) => ('at' in one ? [markOf(one)] : [])));
  const ofStreams = createMemo(
    mapArray(
      () => all().filter((one) => 'stream' in one),
      (one) => {
        const rows = picture(() => requestOf(one));
        return createMemo(() => {
          const now = rows();
          return now?.kind === 'rows' ? marksOf(now, one) : [];
        });
      },
    ),
  );
  return createMemo(() => [...written(), ...ofStreams().flatMap((marks) => marks())]);
}

function markOf({ at, until, text, tone }: Extract<Annotation, { at: string }>): Mark {
  return {
    fromUs: Date.parse(at) * 1000,
    untilUs: until === undefined ? null : Date.parse(until) * 1000,
    text,
    tone: tone ?? null,
  };
}

const FIELD = /\{([^{}]+)\}/g;

function requestOf({ stream, text, only }: OfStream): PanelRequest {
  const columns = [...new Set([...text.matchAll(FIELD)].map(([, name = '']) => name))];
  return {
    kind: 'rows',
    stream,
    columns: columns.length > 0 ? columns : null,
    limit: MAX_ROWS,
    filters: onlyFilters(only),
  };
}

/** Rows as marks, the oldest first, the fields' values in the text's braces. */
export function marksOf({ columns, rows }: Pick<RowsPicture, 'columns' | 'rows'>, { text, tone }: OfStream): Mark[] {
  const at = new Map(columns.map(({ name }, index) => [name, index]));
  return rows
    .map(({ eventTimeUs, cells }) => ({
      fromUs: eventTimeUs,
      untilUs: null,
      text: text.replace(FIELD, (_, name: string) => String(cells[at.get(name) ?? -1] ?? '')),
      tone: tone ?? null,
    }))
    .reverse();
}
