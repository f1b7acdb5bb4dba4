import type { Board } from '../../contract/spec/board.ts';
import { own } from '../../contract/spec/own.ts';
import type { Variable } from '../../contract/spec/variable.ts';
import type { Filter } from '../../contract/worker-api.ts';
import type { View } from '../board/view.ts';
import type { Choices } from './address-choices.ts';

/** What the viewer has chosen, of a view. */
export type Chosen = Pick<View, 'variables' | 'filters'>;
type Variables = Pick<Board, 'variables'>;
type Value = string | null;

/** Values chosen of a variable; empty: all. One that takes one value takes the first. */
export function valuesOf({ variables }: Pick<Chosen, 'variables'>, name: string, variable: Variable): readonly Value[] {
  const values = own(variables, name) ?? variable.default;
  return variable.multi ? values : values.slice(0, 1);
}

/** All that holds for the board's panels: one filter per variable with a choice, then those by hand. */
export function filtersOf(chosen: Chosen, { variables = {} }: Variables): readonly Filter[] {
  const found: Filter[] = [];
  for (const [name, variable] of Object.entries(variables)) {
    const values = valuesOf(chosen, name, variable);
    const { column, filters: of } = variable;
    if (values.length > 0) found.push({ column, values, not: false, ...(of && { of }) });
  }
  return [...found, ...chosen.filters];
}

/** The view with other values of a variable; those that are its default are left out of the address. */
export function withValues(
  { variables }: Pick<Chosen, 'variables'>,
  name: string,
  variable: Variable,
  values: readonly Value[],
): Pick<Chosen, 'variables'> {
  const others: Choices = Object.fromEntries(Object.entries(variables).filter(([one]) => one !== name));
  return { variables: sameValues(values, variable.default) ? others : { ...others, [name]: values } };
}

/**
 * A value of a column, chosen for the whole board or, where it is, no longer: of the variable of that column, else by
 * hand. What was left out by hand is let in again.
 */
export function withChosen(
  chosen: Chosen,
  { variables = {} }: Variables,
  column: string,
  value: Value,
): Partial<Chosen> {
  const [name, variable] = Object.entries(variables).find(([, one]) => one.column === column) ?? [];
  const isLeftOut = chosen.filters.some((one) => one.column === column && one.not && one.values.includes(value));
  const filters = isLeftOut ? toggled(chosen.filters, column, value, true) : chosen.filters;
  if (name !== undefined && variable !== undefined) {
    const before = valuesOf(chosen, name, variable);
    const values = before.includes(value)
      ? before.filter((one) => one !== value)
      : [...(variable.multi ? before : []), value];
    return { ...withValues(chosen, name, variable, values), ...(isLeftOut ? { filters } : {}) };
  }
  return { filters: isLeftOut ? filters : toggled(filters, column, value, false) };
}

/** A value put into, or taken out of, the filter by hand that lets in, or leaves out, values of its column. */
export function toggled(filters: readonly Filter[], column: string, value: Value, not: boolean): readonly Filter[] {
  const at = filters.findIndex((one) => one.column === column && one.not === not);
  const found = filters[at];
  if (!found) return [...filters, { column, values: [value], not }];
  const values = found.values.includes(value) ? found.values.filter((one) => one !== value) : [...found.values, value];
  return filters.flatMap((one, index) => (index !== at ? [one] : values.length === 0 ? [] : [{ ...one, values }]));
}

/** Only these ↔ all but these. */
export function inverted(filters: readonly Filter[], filter: Filter): readonly Filter[] {
  const others = filters.filter((one) => one !== filter && !(one.column === filter.column && one.not !== filter.not));
  return [...others, { ...filter, not: !filter.not }];
}

function sameValues(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((value) => b.includes(value));
}
