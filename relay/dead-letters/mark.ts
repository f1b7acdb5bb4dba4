import { parts } from './letter.ts';

/**
 * What became of letters, written behind them:
 *
 *     on disk   1 byte 2 · u32 bytes of JSON · JSON
 *
 *     replaying ─▶ replayed     each row of `ids` has the replay partition's offset `base` + its place in the list: which of
 *          └─ after a crash     them are in the log is told by how far the log's partition reaches
 */
export type Mark =
  | { readonly mark: 'replaying'; readonly epoch: string; readonly base: number; readonly ids: readonly number[] }
  /** Of the `replaying` that began at `base`, those below `until` are rows; the others wait again. */
  | { readonly mark: 'replayed'; readonly epoch: string; readonly base: number; readonly until: number }
  /** Its source gave it again, and it became a row. */
  | { readonly mark: 'read'; readonly id: number }
  | { readonly mark: 'dropped'; readonly ids: readonly number[] }
  /** Every log but the one of this epoch is gone, and the rows in it with it: those letters wait again. null: every log. */
  | { readonly mark: 'again'; readonly log: string | null }
  /** Letters that are rows of the log `log` were let go; their offsets at the source, as runs (offset-runs.ts). */
  | {
      readonly mark: 'gone';
      readonly log: string;
      readonly epoch: string;
      readonly partition: number;
      readonly runs: readonly number[];
    }
  /** Begins every segment, and follows when letters were let go for room. */
  | {
      readonly mark: 'counts';
      readonly nextId: number;
      readonly letGo: number;
      /** Of these, damaged on the disk. */
      readonly missing?: number;
      readonly replayedTo: Readonly<Record<string, number>>;
    };

export const MARK = 2;

export function encodeMark(mark: Mark): Uint8Array {
  const json = Buffer.from(JSON.stringify(mark));
  const head = Buffer.alloc(5);
  head.writeUInt8(MARK, 0);
  head.writeUInt32LE(json.length, 1);
  return Buffer.concat([head, json]);
}

export function decodeMark(body: Uint8Array): Mark {
  return parts(body).json as Mark;
}
