import { told } from '../feed-state.ts';

/** Why a log takes nothing more, in words for whoever can mend it. */
export interface LogTrouble {
  readonly message: string;
  readonly fix: string;
}

export function noRoom(folder: string, error: unknown): LogTrouble {
  const message = `reading stands still: its log cannot be written (${told(error).message})`;
  const { code = 'ENOSPC' } = error as NodeJS.ErrnoException;
  if (code !== 'ENOSPC' && code !== 'EDQUOT')
    return { message, fix: `see that the relay may make, write and delete files in ${folder}; it goes on by itself` };
  return {
    message,
    fix: `make room on the disk of ${folder}, or let the stream keep less: log: { max_bytes: … }; it goes on by itself`,
  };
}

/** What is there cannot be read now. */
export function noReading(folder: string, error: unknown): LogTrouble {
  return {
    message: `tabs that are behind wait: what is kept cannot be read now (${told(error).message})`,
    fix: `see that the relay may open the files in ${folder}, and enough of them (ulimit -n); it goes on by itself`,
  };
}

/** Does this say that what was there is gone? Other errors of the system may pass. */
export function isLoss(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined || LOSSES.has(code);
}

const LOSSES: ReadonlySet<string> = new Set(['EIO', 'ENOENT']);

export function diskFailed(folder: string, error: unknown): Error {
  return new Error(`the disk of ${folder} failed (${told(error).message})`, { cause: error });
}

export function stopped({ message }: Error): LogTrouble {
  return {
    message: `reading has stopped: ${message}`,
    fix: 'check the disk, and start the relay again: it goes on from what is whole',
  };
}
