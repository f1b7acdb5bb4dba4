import { type Accessor, createSignal, onCleanup } from 'solid-js';
import type { Panel } from '../../contract/spec/panel.ts';
import { readKiosk } from './kiosk-options.ts';
import { onAddress } from './on-address.ts';

const COLUMNS = 24;
/** Panels that are no wider stand two abreast. */
const HALF_FROM = 8;

type Sized = Pick<Panel, 'w' | 'h'>;

/**
 * Panels as a wall that is as narrow as a phone has them, in the order they are read: small ones that follow each other
 * two abreast and as high as the higher, all others across, so that there are no holes. No place of their own is kept.
 */
export function narrowed(panels: readonly Sized[]): Sized[] {
  const rows: Sized[][] = [];
  for (const panel of panels) {
    const last = rows.at(-1);
    const [first] = last ?? [];
    if (last?.length === 1 && first && first.w <= HALF_FROM && panel.w <= HALF_FROM) last.push(panel);
    else rows.push([panel]);
  }
  return rows.flatMap((row) => {
    const h = Math.max(...row.map((panel) => panel.h));
    return row.map(() => ({ w: COLUMNS / row.length, h }));
  });
}

const NARROW = '(max-width: 640px)';

/** Is this a wall as narrow as a phone? */
export function createNarrowWall(): Accessor<boolean> {
  const media = matchMedia(NARROW);
  const isNarrow = () => media.matches && readKiosk(location.search).kiosk;
  const [narrow, setNarrow] = createSignal(isNarrow());
  const look = () => setNarrow(isNarrow());
  media.addEventListener('change', look);
  onCleanup(onAddress(look));
  onCleanup(() => media.removeEventListener('change', look));
  return narrow;
}

/** Tells the page's type how many rows it is to fill the screen with; what canvases draw is sized anew by it. */
export function fitRows(rows: number, root: HTMLElement = document.documentElement): void {
  if (root.style.getPropertyValue('--rows') === String(rows)) return;
  root.style.setProperty('--rows', String(rows));
  if (root.classList.contains('kiosk')) window.dispatchEvent(new Event('resize'));
}
