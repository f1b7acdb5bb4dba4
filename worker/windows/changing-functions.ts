import { readArguments } from '../../contract/spec/call-text.ts';
import { type SqlToken, tokensOf, unquotedName } from '../../contract/spec/sql-text.ts';
import { decodeArrow } from '../store/arrow.ts';
import type { Database } from '../store/database.ts';

/** The time of day by names that need no parentheses. */
const CLOCK_WORDS = new Set(['current_timestamp', 'current_date', 'current_time', 'localtime', 'localtimestamp']);
/** The time of day as calls; some are not in every build's list of functions. */
const CLOCK_CALLS = new Set([
  'now',
  'today',
  'transaction_timestamp',
  'get_current_timestamp',
  'get_current_time',
  'current_localtime',
  'current_localtimestamp',
]);

/**
 * Why an expression does not give the same value for the same row whenever it is evaluated; null: it does, as far as
 * its functions tell. `fields` are names that are not functions, in lower case.
 */
export function changingProblem(text: string, fields: ReadonlySet<string>, database: Database): string | null {
  const tokens = tokensOf(text);
  let at = 0;
  let previous = '';
  for (const [index, token] of tokens.entries()) {
    at += token.text.length;
    const name = nameOf(token);
    if (name !== null) {
      const next = tokens.slice(index + 1).findIndex(({ kind }) => kind !== 'blank');
      const isCall = next >= 0 && tokens[index + 1 + next]?.text === '(';
      const isBare = !isCall && previous !== '.' && !fields.has(name);
      if ((isCall && CLOCK_CALLS.has(name)) || (CLOCK_WORDS.has(name) && (isCall || isBare)))
        return clock(isCall ? `${name}()` : name);
      if (isCall && name === 'age' && argumentsAfter(text, at) + (previous === '.' ? 1 : 0) === 1)
        return clock('age() of one time');
      if (isCall && name === 'error')
        return 'error() stops whatever reads it: write NULL, which is what fails on a row too';
      if (isCall && changingFunctions(database).has(name))
        return `${name}() gives another value each time: windows must give the same rows for the same events`;
    }
    if (token.kind !== 'blank') previous = token.text;
  }
  return null;
}

function clock(what: string): string {
  return `${what} gives another value each time: windows must give the same rows for the same events, so name the time field or _event_time`;
}

function nameOf(token: SqlToken): string | null {
  if (token.kind === 'word') return token.text.toLowerCase();
  return token.kind === 'quoted' ? (unquotedName(token.text)?.toLowerCase() ?? null) : null;
}

/** How many arguments the call has whose opening parenthesis comes next. */
function argumentsAfter(text: string, at: number): number {
  return readArguments(text, text.indexOf('(', at) + 1).args.length;
}

const changingOf = new WeakMap<Database, ReadonlySet<string>>();

/** Functions that may give another value for the same arguments, in lower case; the database takes long to list them. */
function changingFunctions(database: Database): ReadonlySet<string> {
  const known = changingOf.get(database);
  if (known) return known;
  const sql = `SELECT DISTINCT lower(function_name) AS name FROM duckdb_functions() WHERE function_type = 'scalar' AND stability <> 'CONSISTENT'`;
  const names = new Set(
    decodeArrow(database.run(sql))
      .toArray()
      .map((row) => String((row as { name: unknown }).name)),
  );
  changingOf.set(database, names);
  return names;
}
