import type { HeadlessEngine } from './engine.ts';
import type { StreamRun } from './stream-run.ts';

/** What became of all records, in one line. */
export function summaryText(
  streams: readonly StreamRun[],
  windows: readonly string[],
  engine: Pick<HeadlessEngine, 'windowState'>,
): string {
  const read = streams.map(({ stream, counts }) => {
    const { records, rows, deadLetters, firstReason } = counts;
    const reason = firstReason === null ? '' : ` (the first at ${firstReason})`;
    const name = streams.length === 1 ? '' : `${stream}: `;
    return `${name}${plural(records, 'record')}, ${plural(rows, 'row')}, ${plural(deadLetters, 'dead letter')}${reason}`;
  });
  const kept = windows.map((name) => {
    const state = engine.windowState(name);
    if (state === null) return `${name} did not run`;
    const { tooLateRows, tooLateAssignments, duplicateRows, foldedRows, droppedRows, rowsWithoutGap } = state;
    const parts = [
      `${plural(tooLateRows, 'row')} too late (${plural(tooLateAssignments, 'window assignment')})`,
      plural(duplicateRows, 'duplicate'),
      ...(foldedRows > 0 ? [`${plural(foldedRows, 'row')} counted as other, for there are too many groups`] : []),
      ...(droppedRows > 0 ? [`${plural(droppedRows, 'row')} left out, for there are too many groups`] : []),
      ...(rowsWithoutGap > 0 ? [`${plural(rowsWithoutGap, 'row')} without a gap above 0, in no session`] : []),
    ];
    return `${windows.length === 1 ? '' : `${name}: `}${parts.join(', ')}`;
  });
  return [...read, ...kept].join('; ');
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
