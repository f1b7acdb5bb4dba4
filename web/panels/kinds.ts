import type { Component } from 'solid-js';
import type { Panel, PanelKind, PanelOf } from '../../contract/spec/panel.ts';
import type { PanelPicture } from '../../contract/worker-api.ts';
import { Barlist } from './barlist.tsx';
import { ControlChart } from './control-chart.tsx';
import { Donut } from './donut.tsx';
import { Events } from './events.tsx';
import { FunnelSteps } from './funnel-panel.tsx';
import { Gauge } from './gauge.tsx';
import { GroupsTable } from './groups-table.tsx';
import { Heatmap } from './heatmap.tsx';
import { Histogram } from './histogram.tsx';
import type { KindProps } from './kind-props.ts';
import { OeeNumbers } from './oee.tsx';
import { RowsTable } from './rows-table.tsx';
import { Scatter } from './scatter.tsx';
import { Stat } from './stat.tsx';
import { StateTimeline } from './state-timeline.tsx';
import { Target } from './target.tsx';
import { Timeseries } from './timeseries.tsx';

type PictureKind = PanelPicture['kind'];

/** How a kind of panel is drawn, and of what picture. */
interface Drawing<Kind extends PanelKind, Of extends PictureKind> {
  readonly of: Of;
  readonly draw: Component<KindProps<PanelOf<Kind>, Of>>;
}

function drawing<Kind extends PanelKind, Of extends PictureKind>(
  of: Of,
  draw: Component<KindProps<PanelOf<Kind>, Of>>,
): Drawing<Kind, Of> {
  return { of, draw };
}

const DRAWINGS = {
  timeseries: [drawing<'timeseries', 'series'>('series', Timeseries)],
  heatmap: [drawing<'heatmap', 'series'>('series', Heatmap)],
  'state-timeline': [drawing<'state-timeline', 'states'>('states', StateTimeline)],
  'control-chart': [drawing<'control-chart', 'series'>('series', ControlChart)],
  stat: [drawing<'stat', 'fold'>('fold', Stat)],
  barlist: [drawing<'barlist', 'fold'>('fold', Barlist)],
  gauge: [drawing<'gauge', 'fold'>('fold', Gauge)],
  funnel: [drawing<'funnel', 'fold'>('fold', FunnelSteps)],
  donut: [drawing<'donut', 'fold'>('fold', Donut)],
  histogram: [drawing<'histogram', 'fold'>('fold', Histogram)],
  scatter: [drawing<'scatter', 'groups'>('groups', Scatter)],
  target: [drawing<'target', 'groups'>('groups', Target)],
  oee: [drawing<'oee', 'groups'>('groups', OeeNumbers)],
  table: [drawing<'table', 'rows'>('rows', RowsTable), drawing<'table', 'groups'>('groups', GroupsTable)],
  events: [drawing<'events', 'rows'>('rows', Events)],
} satisfies { readonly [Kind in PanelKind]?: readonly { readonly of: PictureKind; readonly draw: unknown }[] };

/** A panel's picture and what draws it; null: there is no picture, or not of that kind. */
export interface Drawn {
  readonly component: Component<KindProps<Panel, PictureKind>>;
  readonly panel: Panel;
  readonly picture: PanelPicture;
}

export function drawnBy(panel: Panel, picture: PanelPicture | undefined): Drawn | null {
  const drawings: readonly { readonly of: PictureKind; readonly draw: unknown }[] =
    (DRAWINGS as Partial<Record<PanelKind, typeof drawings>>)[panel.kind] ?? [];
  const found = drawings.find(({ of }) => of === picture?.kind);
  if (found === undefined || picture === undefined) return null;
  return { component: found.draw as Drawn['component'], panel, picture };
}
