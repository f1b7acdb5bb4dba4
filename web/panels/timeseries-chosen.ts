import { createSignal, type Signal } from 'solid-js';
import type { TimeseriesPanel } from '../../contract/spec/panel.ts';

/** Which series of a panel are drawn, by what its legend was told. */
export interface Chosen {
  readonly isShown: (name: string) => boolean;
  readonly toggle: (name: string) => void;
  /** This one alone; again: all. */
  readonly only: (name: string, all: readonly string[]) => void;
}

/** As long as the board's file says the same, also where the panel had nothing to show in between. */
const kept = new WeakMap<TimeseriesPanel, Signal<ReadonlyMap<string, boolean>>>();

export function createChosen(panel: TimeseriesPanel, isHidden: (name: string) => boolean): Chosen {
  const [told, tell] = kept.get(panel) ?? createSignal<ReadonlyMap<string, boolean>>(new Map());
  kept.set(panel, [told, tell]);
  const isShown = (name: string) => told().get(name) ?? !isHidden(name);
  return {
    isShown,
    toggle: (name) => tell(new Map(told()).set(name, !isShown(name))),
    only(name, all) {
      const alone = isShown(name) && all.every((other) => other === name || !isShown(other));
      tell(new Map(all.map((one) => [one, alone || one === name])));
    },
  };
}
