import type { Field, FieldType, RecordPart } from '../../contract/spec/field.ts';
import { roleOf, type Seen } from './infer.ts';

/** A column of a stream's rows, but for its time. */
export interface Column {
  readonly name: string;
  type: FieldType;
  role: Field['role'];
  unit: string | null;
  readonly part: RecordPart | undefined;
  readonly path: readonly string[];
  /** Declared types never change. */
  declared: boolean;
}

/** What a declared field is good for, once records were seen. */
export function judge(column: Column | undefined, entry: Seen): void {
  if (column !== undefined) column.role = roleOf(column.name, column.type, entry);
}

/** As a schema tells it. */
export function fieldOf({ name, type, role, unit, part, path }: Column): Field {
  const told = part === undefined ? !isPlain(path, name) : path.length > 0;
  return { name, type, role, unit, ...(part !== undefined && { part }), ...(told && { path: [...path] }) };
}

/** Is the path what the name alone would say? */
function isPlain(path: readonly string[], name: string): boolean {
  return path.length === 1 && path[0] === name;
}

/** The time field, whose values are in no column. */
export function timeFieldOf(name: string, path: readonly string[] | null): Field {
  const told = path !== null && !isPlain(path, name);
  return { name, type: 'timestamp', role: 'time', unit: null, ...(told && { path: [...path] }) };
}
