import perspective, { type Client, type Table, type View, type ViewConfigUpdate } from '@perspective-dev/client';
import clientWasm from '@perspective-dev/client/dist/wasm/perspective-js.wasm?url';
import serverWasm from '@perspective-dev/server/dist/wasm/perspective-server.wasm?url';
import type { Batch } from './events.ts';

/**
 * Perspective as its guide for Vite says: client and server WebAssembly from the same origin, the 32-bit engine (the
 * 64-bit one costs some speed by its own documentation), `worker()` in its own Web Worker, Arrow in.
 */
export async function openPerspective(): Promise<Client> {
  perspective.init_server(fetch(serverWasm));
  perspective.init_client(fetch(clientWasm));
  return perspective.worker();
}

/** How a view is read: typed arrays in a callback, or a JavaScript object of columns. */
export const READS = ['with_typed_arrays', 'to_columns'] as const;
export type Read = (typeof READS)[number];

/** One way to ask Perspective for a picture. */
export interface Formulation {
  readonly name: string;
  readonly config: ViewConfigUpdate;
  /** Rows of the view before its first window, and rows per window, so that only the windows in view are read. */
  readonly lead: number;
  readonly rowsPerWindow: number;
  /** Needs the columns `second` and `one`, computed beforehand and not on Perspective's bill. */
  readonly prepared: boolean;
  /** Builds the view anew each tick instead of keeping it live. */
  readonly fresh: boolean;
}

/** A table, and at most one view on it at a time. */
export class Rival {
  readonly #table: Table;
  readonly #prepared: boolean;
  #view: View | null = null;
  #formulation: Formulation | null = null;

  private constructor(table: Table, prepared: boolean) {
    this.#table = table;
    this.#prepared = prepared;
  }

  static async open(client: Client, prepared: boolean, batches: Iterable<Batch>): Promise<Rival> {
    let table: Table | null = null;
    for (const batch of batches) {
      const bytes = arrowOf(batch, prepared);
      if (table) await table.update(bytes);
      else table = await client.table(bytes);
    }
    if (!table) throw new Error('a table needs at least one batch');
    await table.size();
    return new Rival(table, prepared);
  }

  /** Replaces the view; the table keeps its rows. */
  async show(formulation: Formulation): Promise<void> {
    await this.#view?.delete();
    this.#formulation = formulation;
    this.#view = await this.#table.view(formulation.config);
    await this.#view.num_rows();
  }

  /** A tick's bytes for this table; a copy, since Perspective's client takes them away to its worker. */
  arrow(batch: Batch): ArrayBuffer {
    return arrowOf(batch, this.#prepared);
  }

  /** The timed work: new rows in, the picture out. The first `skip` windows are not in the picture. */
  async tick(arrow: ArrayBuffer, read: Read, skip: number): Promise<void> {
    await this.#table.update(arrow);
    if (this.#formulation?.fresh) await this.show(this.#formulation);
    const { lead, rowsPerWindow } = this.#formulation ?? { lead: 0, rowsPerWindow: 0 };
    const range = { start_row: lead + skip * rowsPerWindow };
    if (read === 'to_columns') await this.#view?.to_columns(range);
    else await this.#view?.with_typed_arrays({ ...range, float32: false }, keep);
  }

  /** The whole view as an object of columns, for checking. */
  async columns(): Promise<Record<string, unknown[]>> {
    return ((await this.#view?.to_columns()) ?? {}) as Record<string, unknown[]>;
  }

  async close(): Promise<void> {
    await this.#view?.delete();
    await this.#table.delete();
  }
}

function arrowOf(batch: Batch, prepared: boolean): ArrayBuffer {
  return (prepared ? batch.preparedIpc() : batch.ipc).slice().buffer;
}

/** Typed arrays live only as long as the callback: a page keeps a copy to draw from. */
function keep(_names: string[], values: { slice(): unknown }[]): unknown[] {
  return values.map((column) => column.slice());
}
