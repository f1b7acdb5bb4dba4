import { RESERVED_COLUMNS } from '../../contract/protocol/frame.ts';

/**
 * Column names of one stream. The tab's database does not tell `Price` from `price`, so a name that is taken but for its
 * case, or reserved, gets the first free number: `price_2`.
 */
export class Names {
  readonly #taken = new Set<string>(RESERVED_COLUMNS);

  /** A free name for a path, and takes it. */
  take(path: readonly string[]): string {
    const wanted =
      path
        .join('_')
        .toWellFormed()
        .replace(/\p{Cc}/gu, '_') || 'field';
    let name = wanted;
    for (let n = 2; this.#taken.has(name.toLowerCase()); n++) name = `${wanted}_${n}`;
    this.#taken.add(name.toLowerCase());
    return name;
  }

  /** Takes a name that a stream has had before. */
  claim(name: string): void {
    this.#taken.add(name.toLowerCase());
  }
}
