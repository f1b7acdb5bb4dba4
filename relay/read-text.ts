import { readFile } from 'node:fs/promises';
import { HighwaterError } from '../contract/errors.ts';

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not read it',
};

/** A file a user has named. Throws `file_unreadable`. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = UNREADABLE[code ?? ''] ?? message;
    throw new HighwaterError(
      'file_unreadable',
      `${path} cannot be read: ${why}`,
      'check the path; it starts at the working directory',
      { cause },
    );
  }
}
