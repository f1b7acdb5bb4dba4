/** Lines of JSON, or one JSON list. */
const ACCEPTED = /\.(jsonl|ndjson|json)$/i;

/** Whether a file that is given can be read, by its name. */
export function isAccepted({ name }: { readonly name: string }): boolean {
  return ACCEPTED.test(name);
}

/** Why some are not read; null: all are. */
export function refusedWords(files: readonly { readonly name: string }[]): string | null {
  const [first, ...others] = files.filter((file) => !isAccepted(file));
  if (first === undefined) return null;
  if (others.length === 0) return `${first.name} is not a .jsonl, .ndjson or .json file: it was not read.`;
  const more = others.length === 1 ? 'one more' : `${others.length} more`;
  return `${first.name} and ${more} are not .jsonl, .ndjson or .json files: they were not read.`;
}
