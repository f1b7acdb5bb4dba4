import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../contract/clock.ts';
import { StreamSpecSchema } from '../../contract/spec/stream.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import { openDataFolder } from '../../relay/data-folder.ts';
import type { SegmentFiles } from '../../relay/log/segment-files.ts';
import { type Relay, startRelay } from '../../relay/relay.ts';
import type { Source } from '../../relay/sources/source.ts';

let runs = 0;

/** A real relay with one stream, `events`, from `source`, at any free port; stopped when the test is over. */
export async function startTestRelay(
  source: Source,
  options: {
    readonly windows?: Readonly<Record<string, WindowSpec>>;
    readonly maxLogBytes?: number;
    readonly port?: number;
    readonly spec?: object;
    readonly allowHosts?: readonly string[];
    readonly allowOrigins?: readonly string[];
    /** Where streams are kept over restarts; left out: nowhere. */
    readonly data?: string;
    readonly files?: SegmentFiles;
  } = {},
): Promise<Relay> {
  const pageDir = await mkdtemp(join(tmpdir(), 'highwater-page-'));
  await writeFile(join(pageDir, 'index.html'), `<!doctype html><title>page</title>${'<p>text</p>'.repeat(200)}`);
  const folder = options.data === undefined ? null : await openDataFolder(options.data);
  const data = folder && { ...folder, ...(options.files !== undefined && { files: options.files }) };
  const relay = await startRelay({
    data,
    streams: { events: StreamSpecSchema.parse({ source: 'kafka://localhost/events', ...options.spec }) },
    windows: options.windows ?? {},
    boards: null,
    sourceOf: () => source,
    clock: systemClock,
    run: `run-${++runs}`,
    host: '127.0.0.1',
    port: options.port ?? 0,
    pageDir,
    allowHosts: options.allowHosts ?? [],
    allowOrigins: options.allowOrigins ?? [],
    ...(options.maxLogBytes !== undefined && { maxLogBytes: options.maxLogBytes }),
  });
  const close = async () => {
    await relay.close();
    await data?.release();
  };
  onTestFinished(async () => {
    await close();
    await rm(pageDir, { recursive: true, force: true });
  });
  return { ...relay, close };
}

/** Rows numbered from `first`, a second apart. */
export function numbered(first: number, count: number): { n: number; timestamp: string }[] {
  return Array.from({ length: count }, (_, index) => ({
    n: first + index,
    timestamp: new Date(1_743_760_800_000 + (first + index) * 1000).toISOString(),
  }));
}
