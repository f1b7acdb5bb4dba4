import { type JSX, Show } from 'solid-js';
import { App, type AppProps } from '../app.tsx';
import { readView } from '../board/view.ts';
import type { ConnectedData } from '../data/connect.ts';
import type { Zone } from '../format-time.ts';
import { NewVersion } from '../offline/new-version.tsx';
import type { Newer } from '../offline/newer.ts';
import { pageIsServed, reloadPage } from '../offline/reload-page.ts';
import type { Updates } from '../offline/updates.ts';
import { createKiosk } from './create-kiosk.ts';
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
  const reloads = useReloads({
    clock,
    kiosk: kiosk.options,
    zone: () => zoneOf(location.search),
    status: data.status,
    paused: () => paused,
    newer: () => props.newer,
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
        <Wall
          kiosk={kiosk}
          clock={clock}
          status={data.status()}
          zone={zoneOf(location.search)}
          notes={reloads.notes()}
        />
      </Show>
    </>
  );
}

function zoneOf(search: string): Zone {
  const { timezone } = readView(search);
  return { timeZone: timezone === null || timezone === 'browser' ? undefined : timezone };
}
