import type { z } from 'zod';

/** Names the schema has at a path of the value, those for editors left out; empty when that cannot be told. */
export function knownKeys(schema: z.ZodType, path: readonly (string | number)[], value: unknown): string[] {
  let here: Definition | undefined = definition(schema);
  let inside = value;
  for (const part of path) {
    inside =
      inside === null || typeof inside !== 'object' ? undefined : (inside as Record<string | number, unknown>)[part];
    here = definition(here?.shape?.[part] ?? here?.valueType ?? here?.element, inside);
  }
  return Object.keys(here?.shape ?? {}).filter((key) => !key.startsWith('$'));
}

interface Definition {
  readonly shape?: Record<string | number, unknown>;
  readonly valueType?: unknown;
  readonly element?: unknown;
  readonly innerType?: unknown;
  readonly options?: readonly unknown[];
}

/** What is under optional, default and union: of a union, the map whose `kind` is the value's, or else all of them as one. */
function definition(schema: unknown, value?: unknown): Definition | undefined {
  const found = (schema as { def?: Definition } | undefined)?.def;
  if (found?.innerType !== undefined) return definition(found.innerType, value);
  if (found?.options === undefined) return found;
  const maps = found.options.map((option) => definition(option, value)).filter((option) => option?.shape !== undefined);
  const kind = (value as { kind?: unknown } | undefined)?.kind;
  return (
    maps.find((option) =>
      (definition(option?.shape?.kind) as { values?: unknown[] } | undefined)?.values?.includes(kind),
    ) ?? { shape: Object.assign({}, ...maps.map((map) => map?.shape)) }
  );
}
