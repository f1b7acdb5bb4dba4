import { type AggregateName, FUNCTION_NAMES, FUNCTIONS, type FunctionName } from './aggregate-names.ts';
import { readArguments, TextError } from './call-text.ts';
import { nearest } from './nearest.ts';
import { MAX_SQL_CHARACTERS } from './sql-text.ts';

export type { AggregateName };

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

/** Parses one select column; `sql` is applied to each SQL text in it. `problem` says what would be right. Never throws. */
export function parseSelect(
  name: string,
  text: string,
  names: readonly string[],
  sql: (text: string) => string = (same) => same,
): { select: Select } | { problem: string } {
  if (text.length > MAX_SQL_CHARACTERS) return { problem: `at most ${MAX_SQL_CHARACTERS} characters` };
  try {
    const parser = new Parser(text, new Set(names.filter((other) => other !== name)), sql);
    return { select: { name, expression: parser.all() } };
  } catch (error) {
    if (error instanceof TextError) return { problem: error.message };
    throw error;
  }
}

/** Columns that a select column names. */
export function namesIn(expression: Expression): string[] {
  if (expression.kind === 'name') return [expression.name];
  return expression.kind === 'binary' ? [...namesIn(expression.left), ...namesIn(expression.right)] : [];
}

const MAX_DEPTH = 64;
const SECONDS: Expression = { kind: 'seconds' };

class Parser {
  readonly #text: string;
  readonly #names: ReadonlySet<string>;
  readonly #sql: (text: string) => string;
  #at = 0;
  #depth = 0;

  constructor(text: string, names: ReadonlySet<string>, sql: (text: string) => string) {
    this.#text = text;
    this.#names = names;
    this.#sql = sql;
  }

  all(): Expression {
    const expression = this.#sum();
    this.#space();
    if (this.#at < this.#text.length)
      throw new TextError(`an operator or the end before "${this.#text.slice(this.#at)}"`);
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
    if (++this.#depth > MAX_DEPTH) throw new TextError(`at most ${MAX_DEPTH} levels of nesting`);
    const factor = this.#inner();
    this.#depth--;
    return factor;
  }

  #inner(): Expression {
    const number = this.#take(/\d+(?:\.\d+)?(?:e[+-]?\d+)?/iy);
    if (number) return { kind: 'number', value: exactNumber(number) };
    if (this.#take(/-/y))
      return { kind: 'binary', operator: '-', left: { kind: 'number', value: 0 }, right: this.#factor() };
    if (this.#take(/\(/y)) {
      const inner = this.#sum();
      if (!this.#take(/\)/y)) throw new TextError('a closing parenthesis');
      return inner;
    }
    const word = this.#take(/[A-Za-z_][A-Za-z0-9_]*/y);
    if (!word) throw new TextError(`an aggregate, one of ${FUNCTION_NAMES.join(', ')}, or a number`);
    if (this.#take(/\(/y)) return this.#call(word.toLowerCase());
    if (!this.#names.has(word))
      throw new TextError(`"${word}" to be another name of this select or an aggregate such as sum(${word})`);
    return { kind: 'name', name: word };
  }

  #call(word: string): Expression {
    const fn = FUNCTION_NAMES.find((known) => known === word);
    if (!fn) {
      const close = nearest(word, FUNCTION_NAMES);
      throw new TextError(
        close === null
          ? `one of ${FUNCTION_NAMES.join(', ')} instead of "${word}"`
          : `an aggregate; did you mean ${close}?`,
      );
    }
    const args = this.#arguments();
    const condition = this.#take(/filter\s*\(\s*(?:where\s+)?/iy) ? this.#arguments() : null;
    if (condition !== null && condition.length !== 1) throw new TextError("one condition, as filter (action = 'buy')");
    const { least, most, example } = FUNCTIONS[fn];
    if (args.length < least || args.length > most) throw new TextError(`${fn} as ${example}`);
    if (fn === 'count' && args[0] === '*') args.length = 0;
    for (const arg of args) {
      if (arg === '*') throw new TextError(`${fn} as ${example}; only count takes a star`);
      if (/^distinct\s/i.test(arg))
        throw new TextError(
          fn === 'count' ? 'count_distinct(x) instead of count(DISTINCT x)' : `${fn} without DISTINCT`,
        );
    }
    return written(
      fn,
      args.map((arg, index) => (index === 1 && (fn === 'top_k' || fn === 'quantile') ? arg : this.#sql(arg))),
      condition?.[0] === undefined ? null : this.#sql(condition[0]),
    );
  }

  #arguments(): string[] {
    const { args, end } = readArguments(this.#text, this.#at);
    this.#at = end;
    return args;
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

/** A call as the aggregates and arithmetic it stands for. */
function written(fn: FunctionName, [first = null, second = null]: readonly (string | null)[], filter: string | null) {
  const plain = { argument: first, by: null, rank: null, k: null, filter };
  switch (fn) {
    case 'count_if':
      return aggregate({ ...plain, fn: 'count', argument: null, filter: both(first, filter) });
    case 'ratio':
      return divided(
        aggregate({ ...plain, fn: 'count', argument: null, filter: both(first, filter) }),
        aggregate({ ...plain, fn: 'count', argument: null }),
      );
    case 'rate':
      return divided(aggregate({ ...plain, fn: first === null ? 'count' : 'sum' }), SECONDS);
    case 'var_samp':
      return aggregate({ ...plain, fn: 'variance' });
    case 'stddev_samp':
      return aggregate({ ...plain, fn: 'stddev' });
    case 'median':
      return aggregate({ ...plain, fn: 'quantile', rank: 0.5 });
    case 'quantile':
      return aggregate({ ...plain, fn, rank: rankOf(second ?? '') });
    case 'top_k':
      return aggregate({ ...plain, fn, k: howMany(second ?? '') });
    case 'arg_min':
    case 'arg_max':
      return aggregate({ ...plain, fn, by: second });
    default:
      return aggregate({ ...plain, fn });
  }
}

function aggregate(parsed: Aggregate): Expression {
  return { kind: 'aggregate', aggregate: parsed };
}

function divided(left: Expression, right: Expression): Expression {
  return { kind: 'binary', operator: '/', left, right };
}

function exactNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value)) return value;
  throw new TextError(`numbers up to 2^53, and ${text} is more`);
}

function rankOf(text: string): number {
  const rank = /^(\d+(\.\d+)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (!(rank >= 0 && rank <= 1)) throw new TextError('a rank between 0 and 1, as quantile(x, 0.95)');
  return rank;
}

const MAX_K = 1000;

function howMany(text: string): number {
  const k = /^\d+$/.test(text) ? Number(text) : 0;
  if (k < 1 || k > MAX_K) throw new TextError(`a whole number from 1 to ${MAX_K}, as top_k(x, 10)`);
  return k;
}

function both(left: string | null, right: string | null): string | null {
  if (left === null || right === null) return left ?? right;
  return `(${left}) AND (${right})`;
}
