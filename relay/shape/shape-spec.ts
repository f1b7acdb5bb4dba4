import { parseDurationUs } from '../../contract/spec/duration.ts';
import type { RecordPart } from '../../contract/spec/field.ts';
import type { StreamSpec, TimeFormat } from '../../contract/spec/stream.ts';

/** What a stream's spec says of the shape of its rows. */
export interface ShapeSpec {
  readonly stream: string;
  readonly time: { readonly field?: string | undefined; readonly format: TimeFormat };
  readonly fields: StreamSpec['fields'];
  /** Are the topic and its levels fields? (D6) */
  readonly topics: boolean;
  /** What of a record, beside its value, is columns. */
  readonly columns?: readonly RecordPart[] | undefined;
  /** Rows this many µs older than the newest event need not be kept by a tab. */
  readonly keepUs?: number;
  readonly latestBy?: readonly string[] | undefined;
}

export function shapeSpecOf(stream: string, spec: StreamSpec): ShapeSpec {
  const { field, format } = spec.time;
  const keepUs = spec.keep === undefined ? null : parseDurationUs(spec.keep);
  return {
    stream,
    time: { field, format },
    fields: spec.fields,
    topics: /^(mqtts?|demo):/i.test(spec.source),
    columns: spec.columns,
    ...(keepUs !== null && keepUs > 0 && { keepUs }),
    latestBy: spec.latest_by,
  };
}

/** A declared field by itself: its type, unit and the paths it is found at. */
export function declaredField(declared: NonNullable<StreamSpec['fields']>[string]): {
  readonly type: RecordType;
  readonly unit: string | undefined;
  readonly paths: readonly (readonly string[])[] | null;
} {
  if (typeof declared === 'string') return { type: declared, unit: undefined, paths: null };
  const { type, unit, from } = declared;
  if (from === undefined) return { type, unit, paths: null };
  return { type, unit, paths: [from].flat().map((path) => path.split('.')) };
}
type RecordType = Extract<NonNullable<StreamSpec['fields']>[string], string>;
