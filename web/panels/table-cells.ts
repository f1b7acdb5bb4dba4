import type { TablePanel } from '../../contract/spec/panel.ts';
import type { GridCell } from './grid-table.tsx';
import { colorOf, mapped } from './mappings.ts';
import { shownValue } from './shown-value.ts';

export type CellSpec = NonNullable<TablePanel['cells']>[string];

/** How a value stands in its cell: in its unit, coloured by its limits or mappings, with a bar where one is wanted. */
export function cellLook(
  value: unknown,
  plain: string,
  spec: CellSpec | undefined,
  largest: number | undefined,
): GridCell {
  if (spec === undefined) return { text: plain };
  if (typeof value !== 'number') {
    const found = mapped(value, spec.mappings);
    return { text: found?.text ?? plain, color: found?.color == null ? null : colorOf(found.color) };
  }
  const { text, color, passed } = shownValue(value, spec);
  const isPlain = spec.unit === undefined && spec.decimals === undefined && mapped(value, spec.mappings)?.text == null;
  return {
    text: isPlain ? plain : text,
    color,
    level: passed?.level,
    bar: spec.bar && largest !== undefined && largest > 0 ? Math.max(0, value / largest) : null,
  };
}
