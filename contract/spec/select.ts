/**
 * The select language: aggregates, and arithmetic over them.
 *
 *   expression := term (('+' | '-') term)*
 *   term       := factor (('*' | '/') factor)*
 *   factor     := number | name | aggregate | '(' expression ')' | '-' factor
 *   aggregate  := function '(' arguments ')' ('filter' '(' condition ')')?
 *
 * Arguments and conditions are SQL over a row, taken as they stand up to the comma or parenthesis that ends them;
 * the engine's database judges them. A name refers to another column of the same select.
 */
export const AGGREGATES = [
  'count',
  'count_if',
  'sum',
  'avg',
  'min',
  'max',
  'count_distinct',
  'first',
  'last',
  'quantile',
  'median',
  'variance',
  'stddev',
  'var_pop',
  'stddev_pop',
  'arg_min',
  'arg_max',
  'top_k',
] as const;
export type AggregateName = (typeof AGGREGATES)[number];

export interface Aggregate {
  readonly fn: AggregateName;
  /** SQL of the value aggregated; null for `count()`. */
  readonly argument: string | null;
  /** SQL of what arg_min and arg_max go by; null for all others. */
  readonly by: string | null;
  /** For quantile: the rank in [0, 1]. */
  readonly rank: number | null;
  /** For top_k: how many. */
  readonly k: number | null;
  /** SQL condition a row must meet, or null. */
  readonly filter: string | null;
}

export type Expression =
  | { readonly kind: 'aggregate'; readonly aggregate: Aggregate }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  /** The window's length in seconds. */
  | { readonly kind: 'seconds' }
  | {
      readonly kind: 'binary';
      readonly operator: '+' | '-' | '*' | '/';
      readonly left: Expression;
      readonly right: Expression;
    };

export interface Select {
  readonly name: string;
  readonly expression: Expression;
}

/** Parses one select column; `problem` says what would be right. */
export function parseSelect(
  name: string,
  text: string,
  names: readonly string[],
): { select: Select } | { problem: string } {
  try {
    const parser = new Parser(text, new Set(names.filter((other) => other !== name)));
    return { select: { name, expression: parser.all() } };
  } catch (error) {
    if (error instanceof SelectError) return { problem: error.message };
    throw error;
  }
}

class SelectError extends Error {}

class Parser {
  readonly #text: string;
  readonly #names: ReadonlySet<string>;
  #at = 0;

  constructor(text: string, names: ReadonlySet<string>) {
    this.#text = text;
    this.#names = names;
  }

  all(): Expression {
    const expression = this.#sum();
    this.#space();
    if (this.#at < this.#text.length)
      throw new SelectError(`an operator or the end before "${this.#text.slice(this.#at)}"`);
    return expression;
  }

  #sum(): Expression {
    let left = this.#product();
    for (let operator = this.#take(/[+-]/y); operator; operator = this.#take(/[+-]/y))
      left = { kind: 'binary', operator: operator as '+' | '-', left, right: this.#product() };
    return left;
  }

  #product(): Expression {
    let left = this.#factor();
    for (let operator = this.#take(/[*/]/y); operator; operator = this.#take(/[*/]/y))
      left = { kind: 'binary', operator: operator as '*' | '/', left, right: this.#factor() };
    return left;
  }

  #factor(): Expression {
    const number = this.#take(/\d+(?:\.\d+)?(?:e[+-]?\d+)?/iy);
    if (number) return { kind: 'number', value: Number(number) };
    if (this.#take(/-/y))
      return { kind: 'binary', operator: '-', left: { kind: 'number', value: 0 }, right: this.#factor() };
    if (this.#take(/\(/y)) {
      const inner = this.#sum();
      if (!this.#take(/\)/y)) throw new SelectError('a closing parenthesis');
      return inner;
    }
    const word = this.#take(/[A-Za-z_][A-Za-z0-9_]*/y);
    if (!word) throw new SelectError(`an aggregate, one of ${AGGREGATES.join(', ')}, or a number`);
    if (this.#take(/\(/y)) return { kind: 'aggregate', aggregate: this.#aggregate(word.toLowerCase()) };
    if (!this.#names.has(word))
      throw new SelectError(`"${word}" to be another name of this select or an aggregate such as sum(${word})`);
    return { kind: 'name', name: word };
  }

  #aggregate(word: string): Aggregate {
    const fn = AGGREGATES.find((known) => known === word);
    if (!fn) throw new SelectError(`one of ${AGGREGATES.join(', ')} instead of "${word}"`);
    const args = this.#arguments();
    const filter = this.#take(/filter\s*\(\s*(?:where\s+)?/iy) ? this.#arguments().join(', ') : null;
    const wanted = fn === 'count' ? [0, 1] : fn === 'quantile' ? [2, 2] : [1, 1];
    if (args.length < (wanted[0] ?? 0) || args.length > (wanted[1] ?? 0))
      throw new SelectError(
        `${fn} with ${fn === 'count' ? 'no argument or one' : wanted[0] === 2 ? 'a value and a rank, as quantile(x, 0.95)' : 'one argument'}`,
      );
    const argument = args[0] === '*' ? null : (args[0] ?? null);
    if (fn === 'count_if')
      return { fn: 'count', argument: null, by: null, rank: null, k: null, filter: and(argument, filter) };
    if (fn === 'median') return { fn: 'quantile', argument, by: null, rank: 0.5, k: null, filter };
    if (fn !== 'quantile') return { fn, argument, by: null, rank: null, k: null, filter };
    const rank = Number(args[1]);
    if (!(rank >= 0 && rank <= 1)) throw new SelectError('a rank between 0 and 1, as quantile(x, 0.95)');
    return { fn, argument, by: null, rank, k: null, filter };
  }

  /** SQL texts up to the parenthesis that closes the call, split at its commas; quotes and nesting are respected. */
  #arguments(): string[] {
    const parts: string[] = [];
    let depth = 0;
    let start = this.#at;
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at];
      if (char === "'" || char === '"') {
        const close = this.#text.indexOf(char, this.#at + 1);
        if (close < 0) throw new SelectError(`a closing ${char}`);
        this.#at = close;
      } else if (char === ';') throw new SelectError('one SQL expression without ";"');
      else if (char === '(' || char === '[') depth++;
      else if (char === ']') depth--;
      else if (char === ',' && depth === 0) {
        parts.push(this.#text.slice(start, this.#at).trim());
        start = this.#at + 1;
      } else if (char === ')' && depth-- === 0) {
        const last = this.#text.slice(start, this.#at).trim();
        this.#at++;
        if (last !== '' || parts.length > 0) parts.push(last);
        if (parts.includes('')) throw new SelectError('no empty argument');
        return parts;
      }
    }
    throw new SelectError('a closing parenthesis');
  }

  #take(pattern: RegExp): string | null {
    this.#space();
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (!match) return null;
    this.#at += match[0].length;
    return match[0];
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
  }
}

function and(left: string | null, right: string | null): string | null {
  if (left === null || right === null) return left ?? right;
  return `(${left}) AND (${right})`;
}
