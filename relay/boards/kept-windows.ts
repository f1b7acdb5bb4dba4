import type { Board } from '../../contract/spec/board.ts';
import { rootStream } from '../../contract/spec/check-window.ts';
import { own } from '../../contract/spec/own.ts';
import { dataOf } from '../../contract/spec/panel-uses.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import type { Shown } from './shown.ts';

type Windows = Readonly<Record<string, WindowSpec>>;

/** Windows that boards still draw from and nobody declares any more, as they were: of boards that are shown as they were. */
export function keptWindows(boards: Readonly<Record<string, Board>>, declared: Windows, last: Shown): Windows {
  const now: Windows = Object.assign({}, declared, ...Object.values(boards).map((board) => board.windows));
  const before: Windows = Object.assign(
    {},
    ...Object.values(last.boards ?? {}).map((board) => board.windows),
    last.windows,
  );
  const kept: Record<string, WindowSpec> = {};
  // What is declared now and what boards had before may be over each other in a circle.
  const met = new Set(Object.values(boards).flatMap(drawnFrom));
  for (const name of met) {
    const spec = own(now, name) ?? own(before, name);
    if (spec === undefined) continue;
    if (!Object.hasOwn(now, name)) kept[name] = spec;
    met.add(spec.from);
  }
  return kept;
}

/** Windows whose events come, in the end, from one of these streams. */
export function overStreams(windows: Windows, streams: readonly string[]): Windows {
  return Object.fromEntries(
    Object.entries(windows).filter(([, { from }]) => streams.includes(rootStream(from, windows))),
  );
}

function drawnFrom({ panels, variables }: Board): string[] {
  const ofPanels = panels.map(dataOf).flatMap((data) => (data.of === 'window' ? [data.window] : []));
  return [
    ...ofPanels,
    ...Object.values(variables ?? {}).flatMap((variable) => ('from' in variable ? variable.from : [])),
  ];
}
