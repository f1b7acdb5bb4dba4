import type { StreamSchema } from '../../contract/protocol/down.ts';
import type { Field } from '../../contract/spec/field.ts';

/**
 * A stream's schema once one more version is known: every field any version has, so that no kept row loses one.
 * Versions come in any order (rows from the past bring theirs along) and a relay that starts anew counts them from 1
 * with the fields it has seen so far; so no version takes a field away. An integer and a fraction make a fraction; of
 * other types that differ, the higher version's holds.
 */
export function mergeSchemas(before: StreamSchema | null, added: StreamSchema): StreamSchema {
  if (before === null) return added;
  const [newer, older] = added.version >= before.version ? [added, before] : [before, added];
  const others = new Map(older.fields.map((field) => [field.name, field]));
  const fields = newer.fields.map((field) => widened(field, others.get(field.name)));
  const has = new Set(fields.map(({ name }) => name));
  return { ...newer, fields: [...fields, ...older.fields.filter(({ name }) => !has.has(name))] };
}

export function sameFields(left: StreamSchema, right: StreamSchema): boolean {
  const shape = ({ timeField, fields }: StreamSchema) => JSON.stringify([timeField, fields]);
  return shape(left) === shape(right);
}

function widened(field: Field, other: Field | undefined): Field {
  return field.type === 'int64' && other?.type === 'float64' ? { ...field, type: 'float64' } : field;
}
