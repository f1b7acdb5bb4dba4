import { z } from 'zod';
import {
  BarlistSchema,
  DonutSchema,
  EventsSchema,
  FunnelSchema,
  HistogramSchema,
  ScatterSchema,
  TableSchema,
  TextSchema,
} from './panels/groups.ts';
import { GaugeSchema, OeeSchema, StatSchema, TargetSchema } from './panels/numbers.ts';
import { ControlChartSchema, HeatmapSchema, StateTimelineSchema, TimeseriesSchema } from './panels/over-time.ts';

/** A panel: one picture of one window (or of a stream's latest rows), and its place on the board. */
export const PanelSchema = z.discriminatedUnion('kind', [
  TimeseriesSchema,
  StatSchema,
  BarlistSchema,
  TableSchema,
  GaugeSchema,
  FunnelSchema,
  DonutSchema,
  HistogramSchema,
  HeatmapSchema,
  StateTimelineSchema,
  ControlChartSchema,
  ScatterSchema,
  TargetSchema,
  OeeSchema,
  EventsSchema,
  TextSchema,
]);
export type Panel = z.infer<typeof PanelSchema>;
export type PanelKind = Panel['kind'];
export type PanelOf<Kind extends PanelKind> = Extract<Panel, { kind: Kind }>;
export type * from './panels/groups.ts';
export type * from './panels/numbers.ts';
export type * from './panels/over-time.ts';
