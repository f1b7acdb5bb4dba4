import type { Panel as PanelSpec } from '../../contract/spec/panel.ts';
import type { PanelPicture, PanelRequest } from '../../contract/worker-api.ts';
import type { PanelState } from './panel-state.ts';

/** What every kind of panel is given to draw. */
export interface KindProps<Spec extends PanelSpec, Kind extends PanelPicture['kind']> {
  readonly panel: Spec;
  readonly picture: Extract<PanelPicture, { kind: Kind }>;
  readonly state: PanelState;
  /** What the picture was asked for with; null: the panel is out of sight. For what else is to be asked beside it. */
  readonly request: PanelRequest | null;
  /** How the viewer sorts what is asked for; null: as the panel says. */
  readonly sort: Sort | null;
  readonly onSort: (sort: Sort | null) => void;
  /** A threshold is passed: shown instead of "live". */
  readonly onAlarm: (alarm: Alarm | null) => void;
  /** The room under the title, in CSS pixels. */
  readonly room: Room;
}

export interface Sort {
  readonly by: string;
  readonly direction: 'ascending' | 'descending';
}

export interface Room {
  readonly width: number;
  readonly height: number;
}

export interface Alarm {
  readonly level: 'warn' | 'alarm';
  readonly word: string;
  /** The same where there is little room. */
  readonly short: string;
}
