import { sourceStream } from '../../contract/spec/source-stream.ts';
import { parseWindow, type WindowSpec, windowStartUs } from '../../contract/spec/window.ts';
import type { Row } from '../../contract/worker-api.ts';
import type { PictureTable, TableColumn } from '../panels/frame/picture-table.ts';

/** More are kept of a stream than anyone reads; the newest are asked for. */
export const MAX_ROWS = 1000;

/** The newest first. */
export function tooLateSql(stream: string): string {
  return `SELECT * FROM too_late."${stream.replaceAll('"', '""')}" ORDER BY _event_time DESC`;
}

const OWN_COLUMNS = ['_event_time', '_watermark', '_counted', '_partition', '_offset'];

/**
 * Rows of a stream that came too late, as a table: their fields, how late each was, and which windows had ended by then.
 *
 *     event time ──── late by ────▶ watermark before its frame
 */
export function tooLateTable(
  rows: readonly Row[],
  stream: string,
  windows: Readonly<Record<string, WindowSpec>>,
): PictureTable {
  const fields = Object.keys(rows[0] ?? {}).filter((name) => !OWN_COLUMNS.includes(name));
  const closed = closedBy(stream, windows);
  const columns: TableColumn[] = [
    { name: 'event time', type: 'time' },
    { name: 'late by, s', type: 'number' },
    { name: 'had ended', type: 'text' },
    { name: 'counted elsewhere', type: 'text' },
    ...fields.map((name): TableColumn => ({ name, type: typeOf(rows, name) })),
    { name: 'partition', type: 'number' },
    { name: 'offset', type: 'number' },
  ];
  return {
    columns,
    rows: rows.map((row) => {
      const [atUs, watermarkUs] = [microseconds(row._event_time), microseconds(row._watermark)];
      return [
        atUs,
        atUs === null || watermarkUs === null ? null : Math.round((watermarkUs - atUs) / 1000) / 1000,
        atUs === null || watermarkUs === null ? null : closed(atUs, watermarkUs).join(', ') || null,
        row._counted === true ? 'yes' : 'no',
        ...fields.map((name) => cell(row[name])),
        number(row._partition),
        number(row._offset),
      ];
    }),
    notes: [
      'Late by: how far the watermark had gone past its event time when it came. A window that had ended, with what it allows, does not count it any more.',
      'What would let more in: a longer `late: { allow }` of the window, or a longer `time.delay` of the stream.',
    ],
  };
}

/** Windows of fixed length fed by the stream, that had all ended for a row by a watermark. (W8) */
function closedBy(
  stream: string,
  windows: Readonly<Record<string, WindowSpec>>,
): (atUs: number, watermarkUs: number) => string[] {
  const ends = Object.entries(windows).flatMap(([name, spec]) => {
    if (spec.from !== stream || sourceStream(name, windows) !== stream) return [];
    const parsed = parseWindow(spec);
    if ('problems' in parsed) return [];
    const { shape, allowUs } = parsed.window;
    switch (shape.kind) {
      case 'tumble':
      case 'cumulate':
        return [
          { name, endUs: (atUs: number) => windowStartUs(atUs, shape.sizeUs, shape.offsetUs) + shape.sizeUs + allowUs },
        ];
      case 'hop':
        return [
          {
            name,
            endUs: (atUs: number) => windowStartUs(atUs, shape.slideUs, shape.offsetUs) + shape.sizeUs + allowUs,
          },
        ];
      default:
        return [];
    }
  });
  return (atUs, watermarkUs) => ends.filter(({ endUs }) => endUs(atUs) <= watermarkUs).map(({ name }) => name);
}

function microseconds(value: unknown): number | null {
  return value instanceof Date ? value.getTime() * 1000 : null;
}

function number(value: unknown): number | null {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null;
}

function cell(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.getTime() * 1000;
  if (typeof value === 'number' || typeof value === 'string') return value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function typeOf(rows: readonly Row[], name: string): TableColumn['type'] {
  const found = rows.map((row) => row[name]).find((value) => value !== null && value !== undefined);
  if (found instanceof Date) return 'time';
  return typeof found === 'number' ? 'number' : 'text';
}
