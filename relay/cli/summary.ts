import type { HeadlessEngine } from './engine.ts';
import type { StreamRun } from './stream-run.ts';

type WindowState = NonNullable<ReturnType<HeadlessEngine['windowState']>>;

/** What became of all records, in one line. Of several windows, only those that did not count every row once are told one by one. */
export function summaryText(
  streams: readonly Pick<StreamRun, 'stream' | 'counts'>[],
  windows: readonly string[],
  engine: Pick<HeadlessEngine, 'windowState'>,
): string {
  return [...streamTexts(streams), ...windowTexts(windows, engine)].join('; ');
}

function streamTexts(streams: readonly Pick<StreamRun, 'stream' | 'counts'>[]): string[] {
  return streams.map(({ stream, counts }) => {
    const { records, rows, deadLetters, firstReason } = counts;
    const reason = firstReason === null ? '' : ` (the first at ${firstReason})`;
    const name = streams.length === 1 ? '' : `${stream}: `;
    return `${name}${plural(records, 'record')}, ${plural(rows, 'row')}, ${plural(deadLetters, 'dead letter')}${reason}`;
  });
}

function windowTexts(windows: readonly string[], engine: Pick<HeadlessEngine, 'windowState'>): string[] {
  const [only] = windows;
  if (only !== undefined && windows.length === 1) {
    const state = engine.windowState(only);
    return [state === null ? `${only} did not run` : [...usualTexts(state), ...rareTexts(state)].join(', ')];
  }
  const told = windows.flatMap((name) => {
    const state = engine.windowState(name);
    if (state === null) return [`${name} did not run`];
    const parts = [...(hasUsual(state) ? usualTexts(state) : []), ...rareTexts(state)];
    return parts.length === 0 ? [] : [`${name}: ${parts.join(', ')}`];
  });
  const rest = windows.length - told.length;
  if (rest === 0) return told;
  return [...told, `${plural(rest, told.length > 0 ? 'other window' : 'window')}: nothing too late, no duplicates`];
}

function hasUsual({ tooLateRows, tooLateAssignments, duplicateRows }: WindowState): boolean {
  return tooLateRows + tooLateAssignments + duplicateRows > 0;
}

function usualTexts({ tooLateRows, tooLateAssignments, duplicateRows }: WindowState): string[] {
  return [
    `${plural(tooLateRows, 'row')} too late (${plural(tooLateAssignments, 'window assignment')})`,
    plural(duplicateRows, 'duplicate'),
  ];
}

function rareTexts({ forgottenEvents, foldedRows, droppedRows, rowsWithoutGap }: WindowState): string[] {
  return [
    ...(forgottenEvents > 0
      ? [`${plural(forgottenEvents, 'event')} of dedup forgotten early: some may have been counted twice`]
      : []),
    ...(foldedRows > 0 ? [`${plural(foldedRows, 'row')} counted as other, for there are too many groups`] : []),
    ...(droppedRows > 0 ? [`${plural(droppedRows, 'row')} left out, for there are too many groups`] : []),
    ...(rowsWithoutGap > 0 ? [`${plural(rowsWithoutGap, 'row')} without a gap above 0, in no session`] : []),
  ];
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
