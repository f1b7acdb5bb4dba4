import type { Clock } from '../../contract/clock.ts';
import { StreamSpecSchema } from '../../contract/spec/stream.ts';
import { createPacer } from '../sources/pace.ts';
import { createDroppedFileSource, type GivenFile } from './dropped-file.ts';
import type { TabStream } from './tab-stream.ts';
import { unusedName } from './unused-name.ts';

/**
 * A stream per file. Positions the log no longer reaches are read from the file again, as from any source that keeps its
 * past. `speed`: `max` is as fast as they are read; a number is by event time, each file from its own first event on.
 */
export function streamsOfFiles(files: readonly GivenFile[], speed: number | 'max', clock: Clock): TabStream[] {
  const streams: TabStream[] = [];
  for (const file of files)
    streams.push({
      name: unusedName(
        file.name,
        streams.map(({ name }) => name),
      ),
      spec: StreamSpecSchema.parse({ source: `file:${file.name}` }),
      source: createDroppedFileSource(file),
      pacer: speed === 'max' ? null : createPacer(speed, clock),
      // What a file holds has happened, whatever this machine's clock says.
      aheadUs: null,
    });
  return streams;
}
