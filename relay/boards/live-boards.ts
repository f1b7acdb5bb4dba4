import type { Clock } from '../../contract/clock.ts';
import type { RunConfig } from '../config.ts';
import { BoardFiles } from './board-files.ts';
import type { Shown } from './shown.ts';
import type { WatchFolder } from './watch-folder.ts';

/**
 * What is shown, kept as its files are:
 *
 *     a folder tells ─▶ quiet for 100 ms ─┬▶ all files read ─▶ another result? ─▶ show
 *     two seconds have passed ────────────┘
 */
export interface LiveParts {
  readonly started: RunConfig;
  readonly clock: Clock;
  readonly watchFolder: WatchFolder;
  readonly show: (now: Shown, before: Shown) => void;
  /** What nobody has foreseen: what is shown stays, and the files are read again. */
  readonly failed: (error: unknown) => void;
}

/** An editor writes a file in several steps. */
const QUIET_MS = 100;
/** For file systems that tell nobody of changes, as those of a network do. */
const LOOK_MS = 2_000;

export class LiveBoards {
  readonly #parts: LiveParts;
  readonly #files: BoardFiles;
  #shown: Shown;
  readonly #watches = new Map<string, () => void>();
  #cancel: () => void = () => undefined;
  #reading = false;
  #changedMeanwhile = false;
  /** The first change since the files were read; null: none. */
  #changedMs: number | null = null;
  #closed = false;

  constructor(parts: LiveParts) {
    this.#parts = parts;
    this.#files = new BoardFiles(parts.started);
    this.#shown = this.#files.last;
    this.#watch();
    this.#after(LOOK_MS);
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
    for (const end of this.#watches.values()) end();
  }

  #changed(): void {
    if (this.#reading) {
      this.#changedMeanwhile = true;
      return;
    }
    // What never rests is read all the same.
    const nowMs = this.#parts.clock.nowMs();
    this.#changedMs ??= nowMs;
    this.#after(Math.min(QUIET_MS, Math.max(0, this.#changedMs + LOOK_MS - nowMs)));
  }

  #after(delayMs: number): void {
    this.#cancel();
    if (!this.#closed) this.#cancel = this.#parts.clock.after(delayMs, () => void this.#read());
  }

  async #read(): Promise<void> {
    this.#reading = true;
    this.#changedMeanwhile = false;
    this.#changedMs = null;
    try {
      const now = await this.#files.read();
      if (this.#closed) return;
      this.#watch();
      if (JSON.stringify(now) === JSON.stringify(this.#shown)) return;
      this.#parts.show(now, this.#shown);
      this.#shown = now;
    } catch (error) {
      this.#parts.failed(error);
    } finally {
      this.#reading = false;
      this.#after(this.#changedMeanwhile ? QUIET_MS : LOOK_MS);
    }
  }

  /** The folders of the files there are now. */
  #watch(): void {
    const watched = this.#files.watched();
    for (const [folder, end] of this.#watches) {
      if (watched.has(folder)) continue;
      end();
      this.#watches.delete(folder);
    }
    for (const folder of watched.keys()) {
      if (this.#watches.has(folder)) continue;
      const end = this.#parts.watchFolder(folder, (name) => {
        if (name === null || this.#files.watched().get(folder)?.(name)) this.#changed();
      });
      this.#watches.set(folder, end);
    }
  }
}
