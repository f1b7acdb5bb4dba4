import type { ScatterPanel } from '../../contract/spec/panel.ts';
import type { GroupsPicture } from '../../contract/worker-api.ts';
import { NO_VALUE } from './choice.ts';

export interface Dot {
  /** Of its groups together: a key may stand in several series. */
  readonly id: string;
  readonly key: string;
  readonly series: string | null;
  readonly x: number;
  readonly y: number;
  readonly size: number | null;
}

/** Groups that have both values; the largest first, so that small dots lie on large ones. */
export function dotsOf(
  picture: GroupsPicture,
  panel: Pick<ScatterPanel, 'label' | 'x' | 'y' | 'size' | 'series'>,
): { readonly dots: readonly Dot[]; readonly without: number } {
  const at = (name: string | undefined) => picture.columns.findIndex((column) => column.name === name);
  const places = {
    key: at(panel.label),
    x: at(panel.x),
    y: at(panel.y),
    size: at(panel.size),
    series: at(panel.series),
  };
  const dots: Dot[] = [];
  for (const { cells } of picture.rows) {
    const [x, y, size] = [cells[places.x], cells[places.y], cells[places.size]];
    if (typeof x !== 'number' || typeof y !== 'number' || !Number.isFinite(x) || !Number.isFinite(y)) continue;
    const key = String(cells[places.key] ?? NO_VALUE);
    const series = places.series < 0 ? null : String(cells[places.series] ?? NO_VALUE);
    dots.push({
      id: JSON.stringify([key, series]),
      key,
      series,
      x,
      y,
      size: typeof size === 'number' ? size : null,
    });
  }
  dots.sort((a, b) => (b.size ?? 0) - (a.size ?? 0));
  return { dots, without: picture.rows.length - dots.length };
}

/** Area by size: radius in CSS pixels, at most `most`. */
export function radiusOf(size: number | null, largest: number, most: number): number {
  if (size === null || largest <= 0) return Math.min(most, 4);
  return Math.max(2, most * Math.sqrt(Math.max(0, size) / largest));
}

/** The dot under, or nearest to, a point, at most `reach` pixels from its edge; -1: none. */
export function nearestDot(
  places: readonly { readonly left: number; readonly top: number; readonly radius: number }[],
  left: number,
  top: number,
  reach: number,
): number {
  let found = -1;
  let least = reach;
  for (const [index, place] of places.entries()) {
    const away = Math.hypot(place.left - left, place.top - top) - place.radius;
    // Of two under the pointer the later is drawn above.
    if (away <= least) {
      found = index;
      least = Math.max(0, away);
    }
  }
  return found;
}
