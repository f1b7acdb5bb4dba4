import { ALL, readValue, writeValue } from './address-value.ts';

/** Values chosen of the board's variables, by their names: empty is all. Of a variable that is not in it, its default. */
export type Choices = Readonly<Record<string, readonly (string | null)[]>>;

const PREFIX = 'var-';

/** `var-country=DE&var-country=FR`, as Grafana has it. */
export function readChoices(params: URLSearchParams): Choices {
  const found = new Map<string, readonly (string | null)[]>();
  for (const key of new Set(params.keys())) {
    if (!key.startsWith(PREFIX) || key === PREFIX) continue;
    const texts = params.getAll(key);
    found.set(key.slice(PREFIX.length), texts.includes(ALL) ? [] : [...new Set(texts.map(readValue))]);
  }
  return Object.fromEntries(found);
}

export function writeChoices(params: URLSearchParams, choices: Choices): void {
  for (const key of [...params.keys()]) if (key.startsWith(PREFIX)) params.delete(key);
  for (const [name, values] of Object.entries(choices)) {
    if (values.length === 0) params.append(PREFIX + name, ALL);
    for (const value of values) params.append(PREFIX + name, writeValue(value));
  }
}
