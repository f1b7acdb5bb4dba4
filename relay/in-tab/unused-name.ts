/** Numbers follow, and what is made of a stream has a longer name than it. */
const MAX_STEM = 100;

/**
 * The stream of a file: `user events.jsonl` → `user_events`, and `user_events_2` where that is taken. Names that differ in
 * case alone are one name to the database.
 */
export function unusedName(fileName: string, taken: readonly string[]): string {
  const stem = fileName
    .replace(/\.(jsonl|ndjson|json)$/i, '')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .slice(0, MAX_STEM)
    .replace(/^_+|_+$/g, '');
  const name = stem === '' ? 'events' : stem.replace(/^(?=\d)/, '_');
  const lower = new Set(taken.map((other) => other.toLowerCase()));
  for (let number = 1; ; number++) {
    const numbered = number === 1 ? name : `${name}_${number}`;
    if (!lower.has(numbered.toLowerCase())) return numbered;
  }
}
