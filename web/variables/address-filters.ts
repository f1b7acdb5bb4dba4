import type { Filter } from '../../contract/worker-api.ts';
import { readValue, writeValue } from './address-value.ts';

/**
 * Filters by hand, as Grafana's ad-hoc filters are written: `filter=country|=|DE` and `filter=country|!=|DE`; several values
 * of a column are several of these. In a column's name `|` is `%7C`, and `%` is `%25`.
 */
const PARAMETER = 'filter';

export function readFilters(params: URLSearchParams): readonly Filter[] {
  const found: { column: string; values: (string | null)[]; not: boolean }[] = [];
  for (const text of params.getAll(PARAMETER)) {
    const [, written, sign, value = ''] = /^([^|]+)\|(=|!=)\|(.*)$/s.exec(text) ?? [];
    if (written === undefined) continue;
    const one = { column: written.replaceAll('%7C', '|').replaceAll('%25', '%'), not: sign === '!=' };
    let same = found.find(({ column, not }) => column === one.column && not === one.not);
    if (!same) {
      same = { column: one.column, values: [], not: one.not };
      found.push(same);
    }
    const read = readValue(value);
    if (!same.values.includes(read)) same.values.push(read);
  }
  return found;
}

export function writeFilters(params: URLSearchParams, filters: readonly Filter[]): void {
  params.delete(PARAMETER);
  for (const { column, values, not } of filters) {
    const written = column.replaceAll('%', '%25').replaceAll('|', '%7C');
    for (const value of values) params.append(PARAMETER, `${written}|${not ? '!=' : '='}|${writeValue(value)}`);
  }
}
