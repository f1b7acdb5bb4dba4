import { HighwaterError } from '../../contract/errors.ts';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import { oneOf } from '../../contract/spec/nearest.ts';
import type { Cell, Row } from '../shape/row.ts';

/**
 * Which partition a record belongs to: by turns, or by the value of a field. An input that was one topic once has its
 * partitions again, and with them the watermark it had.
 */
export type PartitionRule = { readonly count: number } | { readonly field: string };

/** Each frame is of one partition, and each batch has a frame for each: more would be no partitions. */
export const MAX_PARTITIONS = 1024;

/** `record` counts all records of the stream from 0, rows or not. */
export type PartitionOf = (record: number, row: Row) => number;

/** Throws `config_invalid` when there is no such field, and later when it has too many values. */
export function partitionOf(rule: PartitionRule, schema: StreamSchema): PartitionOf {
  if ('count' in rule) return (record) => record % rule.count;
  const fields = schema.fields.filter(({ name }) => name !== schema.timeField).map(({ name }) => name);
  const column = fields.indexOf(rule.field);
  if (column === -1)
    throw new HighwaterError(
      'config_invalid',
      `--partitions: found ${JSON.stringify(rule.field)}, expected a number, or ${oneOf(fields, rule.field, `a field of ${schema.stream}`)}`,
      'name a field that the first 200 records have, or that the configuration declares',
    );
  const numbers = new Map<Cell, number>();
  return (_, row) => {
    const value = row.cells[column] ?? null;
    const known = numbers.get(value);
    if (known !== undefined) return known;
    if (numbers.size === MAX_PARTITIONS)
      throw new HighwaterError(
        'config_invalid',
        `--partitions: ${rule.field} has more than ${MAX_PARTITIONS} values`,
        'take a field of few values, or a number',
      );
    numbers.set(value, numbers.size);
    return numbers.size - 1;
  };
}
