import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A configuration with three boards of one stream, for walls that show them in turn. */
export async function writeWalls(source: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-walls-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const windows = (name: string, size: string) =>
    `  ${name}: { from: events, window: tumble(${size}), by: [action], select: { events: count() } }\n`;
  await writeFile(
    join(folder, 'highwater.yaml'),
    `streams:\n  events: { source: '${source}', time: { field: timestamp, delay: 1s } }\nwindows:\n${windows('fine', '1s')}${windows('coarse', '10s')}boards: ['one.yaml', 'two.yaml', 'three.yaml']\n`,
  );
  for (const [name, window] of [
    ['one', 'fine'],
    ['two', 'coarse'],
    ['three', 'fine'],
  ] as const)
    await writeFile(
      join(folder, `${name}.yaml`),
      `title: Board ${name}
panels:
  - { kind: stat, title: All of ${name}, window: ${window}, value: events, over: range, w: 6, h: 4 }
  - { kind: barlist, title: Actions of ${name}, window: ${window}, value: events, label: action, over: range, w: 18, h: 4 }
  - { kind: timeseries, title: Events of ${name}, window: ${window}, y: [events], series: action, w: 24, h: 12 }
  - { kind: table, title: Rows of ${name}, stream: events, w: 24, h: 8 }
`,
    );
  return join(folder, 'highwater.yaml');
}
