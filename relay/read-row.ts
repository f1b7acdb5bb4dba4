import { decodeJson, type Fields } from './decode/json.ts';
import { Rejected } from './decode/rejected.ts';
import { rejectAhead } from './shape/ahead.ts';
import type { Row } from './shape/row.ts';
import type { Shaper } from './shape/shaper.ts';
import type { RawRecord } from './sources/source.ts';

/** How records of one stream become rows. */
export interface RowRules {
  readonly shaper: Shaper;
  /** How far beyond `nowMs()` an event may be, µs; null: any. (W21) */
  readonly aheadUs: number | null;
  readonly nowMs: () => number;
}

/** Decodes and shapes one record; whatever it makes go wrong, the records after it are read. (D1) */
export function readRow(record: RawRecord, { shaper, aheadUs, nowMs }: RowRules): Row | Rejected {
  try {
    const fields = fieldsOf(record, shaper);
    if (fields instanceof Rejected) return fields;
    const row = shaper.shape(record, fields);
    if (row instanceof Rejected || aheadUs === null) return row;
    return rejectAhead(row.eventTimeUs, nowMs(), aheadUs) ?? row;
  } catch (error) {
    return new Rejected(`the record could not be read: ${error instanceof Error ? error.message : String(error)}`, {
      kind: 'the record could not be read',
    });
  }
}

/** Where the key is a column a tombstone has no fields, and is a row all the same. (D9) */
function fieldsOf(record: RawRecord, shaper: Shaper): Fields | Rejected {
  if (record.value !== null || !shaper.takesTombstones) return decodeJson(record.value);
  return record.key === null ? new Rejected('the record has neither a key nor a value: expected one of them') : {};
}

/** Shows a record to a shaper whose fields are not settled. What cannot be sampled is told when it is shaped. */
export function sampleRecord(record: RawRecord, shaper: Shaper): void {
  try {
    const fields = fieldsOf(record, shaper);
    if (!(fields instanceof Rejected)) shaper.sample(record, fields);
  } catch {
    return;
  }
}

/** Records that are looked at before the fields of a stream are settled. (D3) */
export const SAMPLE_RECORDS = 200;
