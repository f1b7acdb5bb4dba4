import { createMemo, type JSX, Show } from 'solid-js';
import { knownZone } from '../../contract/spec/zone.ts';
import { App, type AppProps } from '../app.tsx';
import { readView, shownBoard } from '../board/view.ts';
import type { ConnectedData } from '../data/connect.ts';
import type { Zone } from '../format-time.ts';
import { NewVersion } from '../offline/new-version.tsx';
import type { Newer } from '../offline/newer.ts';
import { pageIsServed, reloadPage } from '../offline/reload-page.ts';
import type { Updates } from '../offline/updates.ts';
import { createKiosk } from './create-kiosk.ts';
import { statusOfBoard } from './of-board.ts';
import { useReloads } from './use-reloads.ts';
import { Wall } from './wall.tsx';

export interface OnWallProps extends Omit<AppProps, 'data' | 'next'> {
  readonly data: ConnectedData;
  readonly updates: Updates;
  /** The relay has a newer page; null: it has not, or there is none. */
  readonly newer: Newer | null;
}

/** The boards, and what a kiosk has beside them; elsewhere the offer of a newer page, which a kiosk takes by itself. */
export function OnWall(props: OnWallProps): JSX.Element {
  const { clock, data, updates } = props;
  const kiosk = createKiosk(clock, data.boards);
  let paused = false;
  const reload = () => reloadPage(updates, data.flush);
  const board = createMemo(() => {
    const boards = data.boards();
    const name = boards && shownBoard(boards.boards, kiosk.shown());
    return boards && name ? { name, boards, timezone: boards.boards[name]?.timezone } : null;
  });
  const status = createMemo(() => {
    const now = data.status();
    return now && statusOfBoard(now, board()?.boards ?? null, board()?.name ?? null);
  });
  const zone = createMemo(() => zoneOf(kiosk.search(), board()?.timezone));
  const reloads = useReloads({
    clock,
    kiosk: kiosk.options,
    zone,
    status,
    paused: () => paused,
    // Without a relay to ask, what this browser keeps tells of another build.
    newer: () => props.newer ?? (updates.waiting() ? 'build' : null),
    serves: pageIsServed,
    reload,
  });
  const watched: ConnectedData = {
    ...data,
    setPaused(now) {
      paused = now;
      data.setPaused(now);
    },
    drawn(picture) {
      reloads.drew();
      data.drawn(picture);
    },
  };
  return (
    <>
      <App {...props} data={watched} next={kiosk.next} />
      <Show
        when={kiosk.options().kiosk}
        fallback={<NewVersion is={updates.waiting() || props.newer !== null} onReload={reload} />}
      >
        <Wall kiosk={kiosk} clock={clock} status={status()} zone={zone()} notes={reloads.notes()} />
      </Show>
    </>
  );
}

/** The address's, else the board's, else the browser's own: as the time in view has it. */
function zoneOf(search: string, ofBoard: string | undefined): Zone {
  const wanted = readView(search).timezone ?? ofBoard ?? 'browser';
  return { timeZone: wanted === 'browser' ? undefined : (knownZone(wanted) ?? undefined) };
}
