import type { RecordPart } from './field.ts';
import { oneOf } from './nearest.ts';
import { type Path, quote, type Report } from './yaml-file.ts';

/** The parts of a record that sources have, by their URL's scheme. */
const COLUMNS: Readonly<Record<string, readonly RecordPart[]>> = {
  kafka: ['key', 'headers', 'topic'],
  mqtt: ['properties', 'retained', 'topic'],
  mqtts: ['properties', 'retained', 'topic'],
  file: [],
  demo: [],
};

/** Reports each of a stream's `columns` that its source has nothing for, and each that is there twice. */
export function checkColumns(source: string, columns: unknown, path: Path, report: Report): void {
  const scheme = source.trim().replace(/:.*$/s, '').toLowerCase();
  const known = COLUMNS[scheme];
  if (known === undefined || !Array.isArray(columns)) return;
  for (const [index, column] of columns.entries()) {
    const at = [...path, 'columns', index];
    if (columns.indexOf(column) < index) report(at, `${quote(column)} again`, 'each column once');
    else if (isColumn(column) && !known.includes(column))
      report(
        at,
        `${quote(column)}, which a ${scheme}: source does not have`,
        known.length === 0 ? 'no columns: leave it out' : oneOf(known, column, 'one of its columns'),
      );
  }
}

/** What is no column of any source is the schema's to refuse. */
function isColumn(name: unknown): name is RecordPart {
  return Object.values(COLUMNS).some((columns) => (columns as readonly unknown[]).includes(name));
}
