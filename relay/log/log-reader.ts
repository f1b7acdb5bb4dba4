import type { Clock } from '../../contract/clock.ts';
import { messageOf } from './log-records.ts';
import { isLoss, type LogTrouble, noReading } from './log-trouble.ts';
import { MessageCache } from './message-cache.ts';
import type { Place, Segments } from './segments.ts';

/** Reads messages back: the newest from memory, older ones from the disk. */
export interface LogReaderOptions {
  readonly folder: string;
  readonly segments: Segments;
  readonly clock: Clock;
  readonly cacheBytes: number;
  /** What could not be read can be again, or never will. */
  readonly readable: () => void;
}

/** How soon it is tried again. */
export const RETRY_MS = 1_000;
const READ_CACHE_BYTES = 16 * 2 ** 20;

export class LogReader {
  readonly #options: LogReaderOptions;
  readonly #newest: MessageCache;
  readonly #read = new MessageCache(READ_CACHE_BYTES);
  #trouble: LogTrouble | null = null;
  #cancel: () => void = () => undefined;

  constructor(options: LogReaderOptions) {
    this.#options = options;
    this.#newest = new MessageCache(options.cacheBytes);
  }

  /** Why what is there cannot be read for now; null: all is well. */
  get trouble(): LogTrouble | null {
    return this.#trouble;
  }

  /** It was just written. */
  add(sequence: number, message: Uint8Array): void {
    this.#newest.add(sequence, message);
  }

  /** 'later': not for now, `readable` is called; 'lost': never again. */
  message(sequence: number, place: Place): Uint8Array | 'later' | 'lost' {
    const cached = this.#newest.get(sequence) ?? this.#read.get(sequence);
    if (cached !== undefined) return cached;
    try {
      const message = messageOf(this.#options.segments.read(place));
      this.#read.add(sequence, message);
      return message;
    } catch (error) {
      if (isLoss(error)) return 'lost';
      this.#later(place, error);
      return 'later';
    }
  }

  close(): void {
    this.#cancel();
  }

  #later(place: Place, error: unknown): void {
    const { clock, folder, segments, readable } = this.#options;
    const isPlanned = this.#trouble !== null;
    this.#trouble = noReading(folder, error);
    if (isPlanned) return;
    this.#cancel = clock.after(RETRY_MS, () => {
      this.#trouble = null;
      try {
        segments.readStart(place, 1);
      } catch (again) {
        if (!isLoss(again)) return this.#later(place, again);
      }
      readable();
    });
  }
}
