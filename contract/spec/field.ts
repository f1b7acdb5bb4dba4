import { z } from 'zod';
import { nearest } from './nearest.ts';
import { own } from './own.ts';

/** What a field holds. Objects are flattened (`a.b` → `a_b`), lists kept as JSON text in a `string`. */
export const FieldTypeSchema = z.enum(['int64', 'float64', 'string', 'bool', 'timestamp'], {
  error: ({ input }) => expectedType(input),
});
export type FieldType = z.infer<typeof FieldTypeSchema>;

/** What other programs call these types. */
const MEANT: Readonly<Record<string, FieldType>> = {
  int: 'int64',
  integer: 'int64',
  long: 'int64',
  bigint: 'int64',
  number: 'float64',
  float: 'float64',
  double: 'float64',
  decimal: 'float64',
  real: 'float64',
  text: 'string',
  str: 'string',
  varchar: 'string',
  boolean: 'bool',
  date: 'timestamp',
  datetime: 'timestamp',
  time: 'timestamp',
};

/** What is expected where this is no type. */
export function expectedType(found: unknown): string {
  const types = Object.values(FieldTypeSchema.enum);
  const meant = typeof found === 'string' ? (own(MEANT, found.toLowerCase()) ?? nearest(found, types)) : null;
  return `expected ${types.slice(0, -1).join(', ')} or ${types.at(-1)}${meant === null ? '' : `; did you mean ${meant}?`}`;
}

/**
 * What a field is good for, seen from its values: a `dimension` groups (few values), an `id` is counted distinct,
 * a `measure` is summed and ranked, `time` is a moment, `text` is only shown.
 */
export const FieldRoleSchema = z.enum(['dimension', 'id', 'measure', 'time', 'text']);
export type FieldRole = z.infer<typeof FieldRoleSchema>;

/** Parts of a record, beside its value, that can be columns. */
export const RecordPartSchema = z.enum(['key', 'headers', 'topic', 'properties', 'retained']);
export type RecordPart = z.infer<typeof RecordPartSchema>;

/** A field of a stream as the relay settled it. */
export const FieldSchema = z.object({
  name: z.string().min(1),
  type: FieldTypeSchema,
  role: FieldRoleSchema,
  /** Grafana unit id (`currencyUSD`, `ms`, `celsius` …) or null. */
  unit: z.string().nullable(),
  /** Names on the way to it in a record; left out: its own name. */
  path: z.array(z.string()).optional(),
  /** Of which part of a record; left out: of its value. */
  part: RecordPartSchema.optional(),
});
export type Field = z.infer<typeof FieldSchema>;
