import type { StreamSchema } from '../../contract/protocol/down.ts';
import { Names } from './names.ts';
import { declaredField, type ShapeSpec } from './shape-spec.ts';

/** `timeField` of a stream whose records carry no time: each has the time its source gave it. */
export const RECORD_TIME = '_event_time';

/**
 * Why rows by this spec cannot follow rows of that schema in one stream; null when they can. New fields, fields no longer
 * declared and int64 → float64 can; another time field and any other type cannot, for what windows have counted was
 * counted by them. (D12)
 */
export function incompatibility(spec: ShapeSpec, last: StreamSchema): string | null {
  const { field } = spec.time;
  const timeName = field === undefined ? last.timeField : new Names().take([field]);
  if (timeName !== last.timeField) return `event time was ${timeText(last.timeField)} and is now field "${timeName}"`;
  const before = new Map(last.fields.filter(({ part }) => part === undefined).map((entry) => [entry.name, entry.type]));
  for (const [name, declared] of Object.entries(spec.fields ?? {})) {
    const { type } = declaredField(declared);
    const was = before.get(name);
    if (was === undefined || was === type || (was === 'int64' && type === 'float64') || name === last.timeField)
      continue;
    return `field "${name}" was ${was} and is now ${type}`;
  }
  return null;
}

function timeText(timeField: string): string {
  return timeField === RECORD_TIME ? 'the time of the record at its source' : `field "${timeField}"`;
}

/** The newest of the versions a log has; null when it has none. */
export function newestOf(schemas: readonly StreamSchema[]): StreamSchema | null {
  return schemas.reduce<StreamSchema | null>(
    (newest, schema) => (newest === null || schema.version > newest.version ? schema : newest),
    null,
  );
}

/** Do two versions say the same? */
export function isSame(left: StreamSchema, right: StreamSchema): boolean {
  return said(left) === said(right);
}

function said({ stream, timeField, inferred, fields, keepUs, latestBy }: StreamSchema): string {
  const plain = fields.map(({ name, type, role, unit, path, part }) => [name, type, role, unit, path, part]);
  return JSON.stringify([stream, timeField, inferred, plain, keepUs, latestBy]);
}
