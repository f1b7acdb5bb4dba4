/** What a panel must say whose picture could not take some of the filters; null: it took all. */
export function unfilteredWords(columns: readonly string[]): string | null {
  if (columns.length === 0) return null;
  const [last = ''] = columns.slice(-1);
  const names = columns.length === 1 ? last : `${columns.slice(0, -1).join(', ')} or ${last}`;
  return `not filtered by ${names}`;
}
