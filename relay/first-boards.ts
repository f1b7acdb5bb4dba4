import type { StreamSchema } from '../contract/protocol/down.ts';
import type { Board } from '../contract/spec/board.ts';
import { type FirstBoard, firstBoard } from '../contract/spec/first-board.ts';
import { sourceStream } from '../contract/spec/source-stream.ts';
import type { WindowSpec } from '../contract/spec/window.ts';

/** The boards of streams nobody has made one for, each as soon as its fields are known; in the order of the streams. */
export class FirstBoards {
  readonly #streams: readonly string[];
  #windows: Readonly<Record<string, WindowSpec>>;
  readonly #schemas = new Map<string, StreamSchema>();
  readonly #made = new Map<string, FirstBoard>();

  /** `streams` in their order; `windows`: those declared, which the boards of their streams show. */
  constructor(streams: Readonly<Record<string, unknown>>, windows: Readonly<Record<string, WindowSpec>>) {
    this.#streams = Object.keys(streams);
    this.#windows = windows;
  }

  /** Makes the board of the schema's stream, anew where there is one. */
  learn(schema: StreamSchema): void {
    this.#schemas.set(schema.stream, schema);
    this.#make(schema);
  }

  /** Other windows are declared from now on: every board is made anew. */
  declare(windows: Readonly<Record<string, WindowSpec>>): void {
    this.#windows = windows;
    this.#made.clear();
    for (const schema of this.#schemas.values()) this.#make(schema);
  }

  /** The windows made for a board are its own, as those of a file are. */
  made(): { readonly boards: Record<string, Board>; readonly windows: Record<string, WindowSpec> } {
    const boards: Record<string, Board> = {};
    const windows: Record<string, WindowSpec> = { ...this.#windows };
    for (const stream of this.#streams) {
      const first = this.#made.get(stream);
      if (first === undefined) continue;
      boards[stream] = { ...first.board, windows: first.windows };
      Object.assign(windows, first.windows);
    }
    return { boards, windows };
  }

  #make(schema: StreamSchema): void {
    const { stream } = schema;
    const others = [...this.#made].filter(([other]) => other !== stream);
    const taken = [
      ...this.#streams,
      ...Object.keys(this.#windows),
      ...others.flatMap(([, { windows }]) => Object.keys(windows)),
    ];
    const declared = Object.entries(this.#windows).filter(([name]) => sourceStream(name, this.#windows) === stream);
    this.#made.set(stream, firstBoard(schema, taken, Object.fromEntries(declared)));
  }
}
