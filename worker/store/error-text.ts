/** The database's own words of an error, its first line: it reports some as JSON. */
export function errorText(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).trim();
  const message = text.startsWith('{') ? messageIn(text) : text;
  const [line] = message.replace(/^Error: /, '').split('\n');
  return line ?? message;
}

function messageIn(json: string): string {
  try {
    const parsed: unknown = JSON.parse(json);
    if (parsed !== null && typeof parsed === 'object' && 'exception_message' in parsed)
      return `${'exception_type' in parsed ? `${parsed.exception_type} error: ` : ''}${parsed.exception_message}`;
    return json;
  } catch (error) {
    if (error instanceof SyntaxError) return json;
    throw error;
  }
}
