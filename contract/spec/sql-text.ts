/**
 * SQL as text: cut into tokens, enough to judge and to compose expressions without reading SQL. What an expression
 * means is judged by the engine's database.
 *
 *     amount * 2 > "the limit" or name = 'it''s'
 *     word   · number · quoted name · text · everything else char by char; blanks between
 */
export interface SqlToken {
  readonly kind: 'word' | 'number' | 'quoted' | 'text' | 'blank' | 'comment' | 'open' | 'other';
  readonly text: string;
}

const TEXT = /[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|\$(?<tag>\w*)\$[\s\S]*?\$\k<tag>\$/.source;
const TOKEN = new RegExp(
  `(?<text>${TEXT})|(?<quoted>"(?:[^"]|"")*")|(?<word>[\\p{L}_][\\p{L}\\p{N}_$]*)|(?<number>\\.?\\d[\\w.]*)|(?<blank>\\s+)|(?<comment>--|/\\*)|(?<open>['"])|(?<other>::|:=|[\\s\\S])`,
  'uy',
);
const KINDS = ['text', 'quoted', 'word', 'number', 'blank', 'comment', 'open', 'other'] as const;

/** The token that starts at `at`; null at the end. `open` is a quote that nothing closes. */
export function tokenAt(sql: string, at: number): SqlToken | null {
  TOKEN.lastIndex = at;
  const groups = TOKEN.exec(sql)?.groups;
  if (groups === undefined) return null;
  const kind = KINDS.find((each) => groups[each] !== undefined) ?? 'other';
  return { kind, text: groups[kind] ?? '' };
}

export function tokensOf(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  for (let at = 0, token = tokenAt(sql, 0); token !== null; token = tokenAt(sql, at)) {
    tokens.push(token);
    at += token.text.length;
  }
  return tokens;
}

/** Of the languages around SQL: windows and select columns. */
export const MAX_SQL_CHARACTERS = 10_000;
/** Of one SQL expression: a constant map of a thousand entries has room. */
const MAX_EXPRESSION_CHARACTERS = 100_000;
const CLOSES: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** What would be right instead of a text that is not one whole expression; null: it may be one. */
export function sqlProblem(sql: string): string | null {
  if (sql.trim() === '') return 'an SQL expression, and this is empty';
  if (sql.length > MAX_EXPRESSION_CHARACTERS) return `at most ${MAX_EXPRESSION_CHARACTERS} characters`;
  const open: string[] = [];
  for (const { kind, text } of tokensOf(sql)) {
    if (kind === 'open') return `a closing ${text}`;
    if (kind === 'comment') return `one SQL expression without comments ("${text}")`;
    if (text === ';') return 'one SQL expression without ";"';
    if (Object.hasOwn(CLOSES, text)) open.push(CLOSES[text] ?? '');
    else if ((text === ')' || text === ']' || text === '}') && open.pop() !== text)
      return `no "${text}" without its opening`;
  }
  const missing = open.pop();
  return missing === undefined ? null : missing === ')' ? 'a closing parenthesis' : `a closing ${missing}`;
}

/** `"a ""b"""` → `a "b"`; null when the text is more, or less, than one quoted name. */
export function unquotedName(sql: string): string | null {
  const [token, ...more] = tokensOf(sql.trim());
  return token?.kind === 'quoted' && more.length === 0 ? token.text.slice(1, -1).replaceAll('""', '"') : null;
}

/** Words the database's SQL reserves that are likely names. */
const RESERVED = new Set(
  'all analyse analyze and any array as asc both case cast check collate column constraint create default desc distinct do else end except false fetch for foreign from grant group having in initially intersect into lateral leading limit not null offset on only or order placing primary qualify references returning select some summarize symmetric table then to trailing true union unique unpivot using variadic when where window with'.split(
    ' ',
  ),
);

export function isReservedWord(word: string): boolean {
  return RESERVED.has(word.toLowerCase());
}
