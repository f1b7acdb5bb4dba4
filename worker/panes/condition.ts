import { type Cell, type Column, cellAt, type ValueType } from './column.ts';
import { compareCells } from './compare.ts';

/**
 * Conditions simple enough to judge here, without the database: `field op literal`, `field IN (…)` and `field IS [NOT]
 * NULL`, joined by AND. They are most of what filters say, and cost nanoseconds a row instead of a staging table a tick.
 *
 *   condition := test ('AND' test)*      test := '(' condition ')' | name ('=' | '<>' | '!=' | '<' | '<=' | '>' | '>=')
 *   literal | name ['NOT'] 'IN' '(' literal, … ')' | name 'IS' ['NOT'] 'NULL'      literal := 'text' | number
 */
export interface Condition {
  readonly tests: readonly Test[];
}

interface Test {
  readonly field: string;
  /** Whether a value passes; null passes only IS NULL. */
  readonly passes: (value: Cell) => boolean;
}

/** Reads a condition; null when it says more than this knows, or compares a field with another type. */
export function parseCondition(
  text: string,
  typeOf: (name: string) => { field: string; type: ValueType } | null,
): Condition | null {
  const tokens = tokensOf(text);
  if (tokens === null) return null;
  const reader = new Reader(tokens, typeOf);
  const tests = reader.condition();
  return tests && reader.done ? { tests } : null;
}

/** 1 where the condition holds, 0 where it does not or is unknown. */
export function judge({ tests }: Condition, rows: number, columnOf: (field: string) => Column): Column {
  const values = new Uint8Array(rows).fill(1);
  for (const { field, passes } of tests) {
    const column = columnOf(field);
    if (column.kind === 'text' && column.validity === null) {
      const byCode = column.texts.map((text) => passes(text));
      for (let row = 0; row < rows; row++) if (!byCode[column.codes[row] as number]) values[row] = 0;
    } else for (let row = 0; row < rows; row++) if (values[row] === 1 && !passes(cellAt(column, row))) values[row] = 0;
  }
  return { kind: 'number', values, validity: null };
}

const TOKEN =
  /\s*(?:('(?:[^']|'')*')|(-?\d+(?:\.\d+)?(?![\w.]))|([A-Za-z_]\w*|"(?:[^"]|"")+")|(<>|!=|<=|>=|[=<>(),]))/y;

function tokensOf(text: string): string[] | null {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const trimmed = text.trimEnd();
  while (TOKEN.lastIndex < trimmed.length) {
    const match = TOKEN.exec(trimmed);
    if (!match) return null;
    tokens.push(match[0].trim());
  }
  return tokens;
}

class Reader {
  readonly #tokens: readonly string[];
  readonly #typeOf: (name: string) => { field: string; type: ValueType } | null;
  #at = 0;

  constructor(tokens: readonly string[], typeOf: (name: string) => { field: string; type: ValueType } | null) {
    this.#tokens = tokens;
    this.#typeOf = typeOf;
  }

  get done(): boolean {
    return this.#at === this.#tokens.length;
  }

  condition(): Test[] | null {
    const tests: Test[] = [];
    do {
      const more = this.#take('(') ? this.#inParentheses() : this.#test();
      if (!more) return null;
      tests.push(...more);
    } while (this.#take('and'));
    return tests;
  }

  #inParentheses(): Test[] | null {
    const inner = this.condition();
    return inner && this.#take(')') ? inner : null;
  }

  #test(): Test[] | null {
    const named = this.#typeOf(this.#tokens[this.#at++] ?? '');
    if (!named || named.type === 'boolean' || named.type === 'timestamp') return null;
    const { field, type } = named;
    if (this.#take('is')) {
      const not = this.#take('not');
      return this.#take('null') ? [{ field, passes: (value) => (value === null) !== not }] : null;
    }
    const not = this.#take('not');
    if (this.#take('in')) {
      const literals = this.#list(type);
      return (
        literals && [
          {
            field,
            passes: (value) => value !== null && literals.some((one) => compareCells(value, one) === 0) !== not,
          },
        ]
      );
    }
    if (not) return null;
    const holds = COMPARISONS[this.#tokens[this.#at++] ?? ''];
    const literal = this.#literal(type);
    if (!holds || literal === null) return null;
    return [{ field, passes: (value) => value !== null && holds(compareCells(value, literal)) }];
  }

  #list(type: ValueType): (string | number)[] | null {
    if (!this.#take('(')) return null;
    const literals: (string | number)[] = [];
    do {
      const literal = this.#literal(type);
      if (literal === null) return null;
      literals.push(literal);
    } while (this.#take(','));
    return this.#take(')') ? literals : null;
  }

  /** A literal of the field's own kind; SQL's rules for comparing across kinds are the database's. */
  #literal(type: ValueType): string | number | null {
    const token = this.#tokens[this.#at++] ?? '';
    if (token.startsWith("'")) return type === 'text' ? token.slice(1, -1).replaceAll("''", "'") : null;
    if (!/^-?\d/.test(token) || type === 'text') return null;
    const value = Number(token);
    return type === 'integer' && !Number.isSafeInteger(value) ? null : value;
  }

  #take(word: string): boolean {
    if (this.#tokens[this.#at]?.toLowerCase() !== word) return false;
    this.#at++;
    return true;
  }
}

const COMPARISONS: Readonly<Record<string, ((order: number) => boolean) | undefined>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};
