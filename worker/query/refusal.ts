const DENIED = [
  'checkpoint',
  'force_checkpoint',
  'enable_logging',
  'disable_logging',
  'pragma_',
  'duckdb_secrets',
  'which_secret',
];

/** Why a statement from outside is not run, or null. What passes is still bound inside a read-only subquery. (Q1) */
export function refusalOf(statement: string): { readonly message: string; readonly fix: string } | null {
  const words = withoutTexts(statement);
  if (words.trim() === '') return refuse('There is no statement.');
  if (words.includes(';')) return refuse('There is more than one statement.');
  if (!/^[\s(]*(select|with|from|values)\b/i.test(words)) {
    const [first] = words.trim().split(/\s+/, 1);
    return refuse(`${(first ?? '').toUpperCase()} is not a SELECT.`);
  }
  const denied = DENIED.find((name) => new RegExp(`\\b${name}\\w*"?\\s*\\(`, 'i').test(statement));
  return denied ? refuse(`The function ${denied} is not for queries.`) : null;
}

function refuse(message: string) {
  return { message, fix: 'Write one SELECT, or WITH … SELECT, over the streams and windows.' };
}

/** The statement without its comments and quoted texts. */
function withoutTexts(statement: string): string {
  return statement.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\//g, ' ');
}
