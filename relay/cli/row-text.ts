import { type EmittedRow, formatTimeUs } from '../../contract/emitted-row.ts';

/**
 * A row as one line of JSON, without its end; the window is named where rows of several are mixed. What is not a column of
 * every window is under a name that no column can have: WINDOW_COLUMNS of contract/spec/parse-window.ts. (H5)
 */
export function rowText(row: EmittedRow, window: string | null): string {
  const { windowStartUs, windowEndUs, columns, state, revision, other, errors } = row;
  let text = window === null ? '{' : `{"_window":${JSON.stringify(window)},`;
  text += `"window_start":${timeText(windowStartUs)},"window_end":${timeText(windowEndUs)}`;
  for (const name in columns) text += `,${JSON.stringify(name)}:${valueText(columns[name])}`;
  if (other) text += ',"_other":true';
  text += `,"state":"${state}","revision":${revision}`;
  for (const _ in errors) return `${text},"_errors":${valueText(errors)}}`;
  return `${text}}`;
}

function timeText(timeUs: number | null): string {
  return timeUs === null ? 'null' : `"${formatTimeUs(timeUs)}"`;
}

/** Integers of any size are written out; what JSON has no number for is text: NaN, Infinity, -Infinity. */
export function valueText(value: unknown): string {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`;
    case 'bigint':
      return String(value);
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return `[${value.map(valueText).join(',')}]`;
      return `{${Object.entries(value)
        .map(([name, part]) => `${JSON.stringify(name)}:${valueText(part)}`)
        .join(',')}}`;
    default:
      return 'null';
  }
}
