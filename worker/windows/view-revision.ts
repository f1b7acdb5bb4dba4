import type { PanelRequest } from '../../contract/worker-api.ts';
import type { KeptWindow } from './kept-window.ts';

type WindowRequest = Exclude<PanelRequest, { kind: 'rows' }>;

/**
 * Another whenever the picture could be another. What ends at a time stays as it is while only later panes change and the
 * watermark moves on beyond it. `generation` rises when tables may be others.
 */
export function revisionOf({ feed, groupings }: KeptWindow, { view }: WindowRequest, generation: number) {
  if (typeof view.until !== 'number') return feed.revision;
  let endUs = view.until - view.earlierUs;
  const changes: number[] = [];
  for (const { rows } of groupings) {
    endUs = Math.max(endUs, rows.newest(view.until - view.earlierUs - 1)?.endUs ?? endUs);
    changes.push(rows.table.changes.latestBefore(endUs));
  }
  const watermarkUs = Math.min(feed.watermarkUs ?? Number.NEGATIVE_INFINITY, endUs);
  return `${generation} ${changes.join(' ')} ${watermarkUs}`;
}
