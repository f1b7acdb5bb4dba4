import { unquotedName } from './sql-text.ts';
import type { WindowSpec } from './window.ts';

/** Names of the by-columns: those given, else the expressions themselves; `"a b"` is named `a b`. */
export function byNames(by: WindowSpec['by']): string[] {
  return Array.isArray(by) ? by.map((expression) => unquotedName(expression) ?? expression) : Object.keys(by);
}
