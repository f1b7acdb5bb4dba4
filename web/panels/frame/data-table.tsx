import { createEffect, createMemo, createSignal, type JSX, on, Show, untrack } from 'solid-js';
import type { Panel } from '../../../contract/spec/panel.ts';
import type { PanelPicture, PanelRequest } from '../../../contract/worker-api.ts';
import { useBoard } from '../board-context.ts';
import { Problem } from '../panel-words.tsx';
import { requestOf } from '../request-of.ts';
import { tableOf } from './picture-table.ts';
import { SortedTable } from './sorted-table.tsx';

const MOST_ROWS = 1000;
/** Stretches of a state timeline are told apart to such a width. */
const WIDTH_PX = 4096;

/** The numbers behind a panel, all of them, kept live: once a second, so that they can be read. */
export default function DataTable(props: { panel: Panel }): JSX.Element {
  const board = useBoard();
  const request = createMemo((): PanelRequest | null => {
    const asked = { view: board.view(), filters: board.filters(), sort: null, windows: board.windows() };
    const wanted = requestOf(props.panel, asked, { widthPx: WIDTH_PX, tableRows: MOST_ROWS });
    // A chart's points are chosen for its width; here every window is a row.
    if (wanted?.kind === 'series') return { ...wanted, widthPx: null };
    return wanted?.kind === 'rows' ? { ...wanted, limit: MOST_ROWS } : wanted;
  });
  const newest = board.picture(request);
  const [picture, setPicture] = createSignal<PanelPicture>();
  const came = createMemo(() => newest() !== undefined);
  createEffect(on([came, board.nowMs, request], () => setPicture(untrack(newest))));
  const table = createMemo(() => {
    const now = picture();
    return now ? tableOf(props.panel, now) : null;
  });
  const error = () => {
    const now = picture();
    return now?.kind === 'error' ? now : null;
  };
  return (
    <Show
      when={table()}
      fallback={
        <Show when={error()} fallback={<p>Nothing has come yet: the rows stand here once it has.</p>}>
          {(wrong) => <Problem {...wrong()} />}
        </Show>
      }
    >
      {(now) => (
        <SortedTable
          caption={`The numbers behind ${props.panel.title}`}
          fileName={fileNameOf(props.panel.title)}
          table={now()}
          zone={board.zone()}
          empty="Nothing is in what is in view."
        />
      )}
    </Show>
  );
}

/** A title as a file is called on any system. */
export function fileNameOf(title: string): string {
  return title.replace(/[^\p{L}\p{N}_-]+/gu, '-').replace(/^-+|-+$/g, '') || 'panel';
}
