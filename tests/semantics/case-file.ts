import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Row } from './scenario.ts';

/** A case as its file has it; the shapes of `query` and `expected` differ between engines. */
export interface CaseFile {
  readonly id: string;
  readonly engine: string;
  readonly query: Query;
  readonly input: unknown;
  readonly expected: unknown;
  readonly steps?: readonly Step[];
  readonly [more: string]: unknown;
}

export interface Query {
  readonly description: string;
  readonly time_column?: string;
  readonly watermark_delay_ms?: number;
  readonly window?: WindowQuery;
  readonly group_by?: readonly string[] | null;
  readonly aggregates?: Readonly<Record<string, string>> | null;
  readonly output_mode?: string;
  readonly [more: string]: unknown;
}

export interface WindowQuery {
  readonly type: string;
  readonly size_ms?: number;
  readonly slide_ms?: number;
  readonly step_ms?: number;
  readonly gap_ms?: number;
  readonly offset_ms?: number;
  readonly gap_ms_by_value?: Readonly<Record<string, number>>;
}

export interface Step {
  readonly input: readonly Row[];
  readonly expected_new?: readonly Row[];
  readonly expected_all?: readonly Row[];
  readonly watermark_after_ms?: number | null;
  readonly dropped_by_watermark?: number;
  readonly [more: string]: unknown;
}

const root = resolve(import.meta.dirname, '../..');

/** Cases of our own random input, run through real Spark and Flink. */
export const OWN = join(root, 'tests/fixtures/semantics');
/** Cases from the published tests of other engines, read where they are. */
export const PUBLISHED = resolve(root, process.env.HIGHWATER_SEMANTICS ?? '../shared/semantics');

/** The cases of a folder by id; none when it is absent. */
export function casesIn(folder: string): CaseFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as CaseFile)
    .filter(({ id }) => !id.endsWith('_dataset'));
}

/** What a case reads instead of rows of its own: `{ ref: file }`. */
export function datasetOf({ input }: CaseFile): CaseFile {
  const { ref } = input as { ref: string };
  return JSON.parse(readFileSync(join(PUBLISHED, ref), 'utf8')) as CaseFile;
}
