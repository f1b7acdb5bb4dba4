import { told } from '../feed-state.ts';

/** Why a log takes nothing more, in words for whoever can mend it. */
export interface LogTrouble {
  readonly message: string;
  readonly fix: string;
}

export function noRoom(folder: string, error: unknown): LogTrouble {
  return {
    message: `reading stands still: its log cannot be written (${told(error).message})`,
    fix: `make room on the disk of ${folder}, or let the stream keep less: log: { max_bytes: … }; it goes on by itself`,
  };
}

export function diskFailed(folder: string, error: unknown): Error {
  return new Error(`the disk of ${folder} failed (${told(error).message})`, { cause: error });
}

export function stopped({ message }: Error): LogTrouble {
  return {
    message: `reading has stopped: ${message}`,
    fix: 'check the disk, and start the relay again: it goes on from what is whole',
  };
}
