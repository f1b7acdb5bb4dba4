import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Clock, systemClock } from '../../contract/clock.ts';
import type { Down } from '../../contract/protocol/down.ts';
import { changesTold } from '../../relay/boards/changes-told.ts';
import { LiveBoards } from '../../relay/boards/live-boards.ts';
import type { Shown } from '../../relay/boards/shown.ts';
import { type WatchFolder, watchFolder } from '../../relay/boards/watch-folder.ts';
import { readConfig } from '../../relay/config.ts';
import { startRelay } from '../../relay/relay.ts';
import { startRelayProcess } from '../support/relay-process.ts';
import { ScriptedSource } from './scripted-source.ts';
import { numbered } from './start.ts';
import { Tab } from './tab.ts';

type BoardsTold = Extract<Down, { type: 'boards' }>;

const WINDOW = '{ from: s, window: tumble(1m), select: { n: count() } }';
const config = (more = '') => `streams:
  s: { source: "kafka://h/t" }
windows:
  w: ${WINDOW}
boards: boards/*.yaml
${more}`;
const board = (title: string, window = 'w') =>
  `title: ${title}\npanels:\n  - { kind: stat, title: N, w: 6, h: 4, window: ${window}, value: n }\n`;

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-live-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'boards'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

/** A relay over these files, as main.ts makes it, and a tab that is told of its boards. */
async function relayOf(
  files: Readonly<Record<string, string>>,
  { clock = systemClock, watch = watchFolder }: { readonly clock?: Clock; readonly watch?: WatchFolder } = {},
) {
  const folder = await folderOf(files);
  const at = (name: string) => join(folder, name);
  const started = await readConfig(at('highwater.yaml'));
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...numbered(0, 10));
  const relay = await startRelay({
    ...started,
    sourceOf: () => source,
    clock: systemClock,
    ...{ run: 'run', host: '127.0.0.1', port: 0, pageDir: folder },
  });
  const told: string[] = [];
  const live = new LiveBoards({
    started,
    clock,
    watchFolder: watch,
    show(now, before) {
      relay.show(now);
      told.push(...changesTold(now, before));
    },
    failed: (error) => told.push(String(error)),
  });
  onTestFinished(async () => {
    live.close();
    await relay.close();
  });
  const tab = await Tab.open(relay.port);
  onTestFinished(() => tab.cut());
  return {
    at,
    tab,
    told,
    /** By rename, as editors do. */
    async write(name: string, text: string) {
      await writeFile(at(`${name}~`), text);
      await rename(at(`${name}~`), at(name));
    },
    /** Of what the tab was told last. */
    shows: (look: (now: BoardsTold) => boolean) => tab.until(() => tab.all('boards').slice(-1).find(look)),
  };
}

test('B4 a board that is changed, new or gone is so in tabs that are open', async () => {
  const { at, tab, told, write, shows } = await relayOf({
    'highwater.yaml': config(),
    'boards/shop.yaml': board('Shop'),
  });
  const first = await tab.message('boards');
  expect(first).toMatchObject({ boards: { shop: { title: 'Shop' } }, problems: [], made: [], playlists: {} });
  await write('boards/shop.yaml', board('Shop today'));
  await shows(({ boards }) => boards.shop?.title === 'Shop today');
  const own = `${board('Factory', 'mine')}windows:\n  mine: ${WINDOW}\n`;
  await writeFile(at('boards/factory.yaml'), own);
  const both = await shows(({ boards }) => 'factory' in boards);
  expect(Object.keys(both.boards)).toEqual(['factory', 'shop']);
  expect(Object.keys(both.windows).sort()).toEqual(['mine', 'w']);
  await rm(at('boards/factory.yaml'));
  const one = await shows(({ boards, windows }) => !('factory' in boards) && !('mine' in windows));
  expect(one.problems).toEqual([]);
  expect(told).toEqual(['board shop has changed', 'board factory is new', 'board factory is gone']);
  expect(tab.closeCode).toBeNull();
});

test('B5 a file that is broken is told with line and fix, and what it was before is shown until it is mended', async () => {
  const { at, told, write, shows } = await relayOf({
    'highwater.yaml': config(),
    'boards/shop.yaml': board('Shop'),
  });
  const file = at('boards/shop.yaml');
  await write('boards/shop.yaml', board('Shop today').replace('value: n', 'value: m'));
  const broken = await shows(({ problems }) => problems.length > 0);
  const line = `${file}:3:59 panels.0.value: found "m", expected a column of w’s select: n`;
  expect(broken.problems).toEqual([{ file, board: 'shop', lines: [line] }]);
  expect(broken.boards.shop?.title).toBe('Shop');
  await write('boards/new.yaml', 'title: New\npanels: []\n');
  const two = await shows(({ problems }) => problems.length > 1);
  expect(Object.keys(two.boards)).toEqual(['shop']);
  await write('boards/shop.yaml', board('Shop today'));
  await rm(at('boards/new.yaml'));
  const mended = await shows(({ problems }) => problems.length === 0);
  expect(mended.boards.shop?.title).toBe('Shop today');
  expect(told.slice(0, 2)).toEqual([`${file} was changed; what it was before is shown, for`, `  ${line}`]);
  expect(told).toContain(`${at('boards/new.yaml')} was changed; it is not shown, for`);
  expect(told).toContain(`${file} is good again`);
});

test('B4 windows and playlists of the configuration change at once; streams ask for a restart', async () => {
  const { at, write, shows } = await relayOf({ 'highwater.yaml': config(), 'boards/shop.yaml': board('Shop') });
  await write('highwater.yaml', config('playlists: { wall: { boards: [shop], every: 10s } }\n').replace('1m', '5m'));
  const changed = await shows(({ playlists }) => 'wall' in playlists);
  expect(changed.playlists).toEqual({ wall: { boards: ['shop'], every: '10s' } });
  expect(changed.windows.w?.window).toBe('tumble(5m)');
  expect(changed.problems).toEqual([]);

  const other = `streams:
  s: { source: "kafka://h/other" }
  t: { source: "kafka://h/t2" }
windows:
  w: ${WINDOW}
  v: ${WINDOW}
  of_t: { from: t, window: tumble(1m), select: { n: count() } }
boards: boards/*.yaml
playlists: { wall: { boards: [shop, shp] } }
`;
  await write('highwater.yaml', other);
  const path = at('highwater.yaml');
  const asked = await shows(({ problems }) => problems.length > 0);
  expect(asked.problems).toEqual([
    {
      file: path,
      board: null,
      lines: [
        `${path}:2 streams.s: found a changed stream, expected a restart of the relay, which takes it up`,
        `${path}:3 streams.t: found a new stream, expected a restart of the relay, which takes it up`,
        `${path}:9:37 playlists.wall.boards.1: found "shp", expected a board; did you mean shop?`,
      ],
    },
  ]);
  expect(Object.keys(asked.windows)).toEqual(['w', 'v']);
  expect(asked.windows.w?.window).toBe('tumble(1m)');
  expect(asked.playlists).toEqual(changed.playlists);

  // The board's window is gone: it is shown as it was, from the window as it was.
  await write('highwater.yaml', config().replace('w:', 'v:'));
  const kept = await shows(({ problems }) => problems.some(({ board: of }) => of === 'shop'));
  expect(kept.problems.map(({ lines }) => lines)).toEqual([
    [`${at('boards/shop.yaml')}:3:49 panels.0.window: found "w", expected a window: v`],
  ]);
  expect(Object.keys(kept.windows).sort()).toEqual(['v', 'w']);

  // Without `boards:` each stream has one, over the windows there are now.
  await write('highwater.yaml', `streams: { s: { source: "kafka://h/t" } }\nwindows: { mine: ${WINDOW} }\n`);
  const made = await shows(({ made: names }) => names.length > 0);
  expect(made.made).toEqual(['s']);
  expect(made.problems).toEqual([]);
  expect(made.boards.s?.panels[0]).toMatchObject({ window: 's_by_minute' });
  expect(Object.keys(made.boards.s?.windows ?? {})).toEqual(['s_by_minute']);
  expect(Object.keys(made.windows)).toEqual(['mine', 's_by_minute']);

  await write('highwater.yaml', config());
  expect(await shows(({ boards }) => 'shop' in boards)).toMatchObject({ made: [], problems: [] });
});

test('B4 where nobody tells of changes, files are read again every two seconds', async () => {
  let run: (() => void) | null = null;
  const clock: Clock = {
    nowMs: () => 0,
    after(delayMs, then) {
      if (delayMs === 2_000) run = then;
      return () => undefined;
    },
  };
  const silent: WatchFolder = () => () => undefined;
  const files = { 'highwater.yaml': config(), 'boards/shop.yaml': board('Shop') };
  const { at, shows } = await relayOf(files, { clock, watch: silent });
  await writeFile(at('boards/shop.yaml'), board('Shop today'));
  (run as (() => void) | null)?.();
  expect(await shows(({ boards }) => boards.shop?.title === 'Shop today')).toMatchObject({ problems: [] });
});

test('B4 files that are links to others, as a mounted configuration is, are seen when the link leads elsewhere', async () => {
  const { at, shows } = await relayOf({
    'highwater.yaml': config(),
    'boards/shop.yaml': board('Shop'),
  });
  await mkdir(at('v1'));
  await writeFile(at('v1/shop.yaml'), board('Shop today'));
  await symlink('v1/shop.yaml', at('link'));
  await rename(at('link'), at('linked.yaml'));
  await rm(at('boards/shop.yaml'));
  await symlink('../linked.yaml', at('boards/shop.yaml'));
  await shows(({ boards }) => boards.shop?.title === 'Shop today');
  // Nothing happens in the folder of the boards: two seconds later it is read all the same.
  await writeFile(at('v1/shop.yaml'), board('Shop tomorrow'));
  await shows(({ boards }) => boards.shop?.title === 'Shop tomorrow');
});

test('B5 what two files claim stays with the one that had it', async () => {
  const own = (title: string, window: string) => `${board(title, window)}windows:\n  ${window}: ${WINDOW}\n`;
  const { at, write, shows } = await relayOf({
    'highwater.yaml': config(),
    'boards/b.yaml': own('B', 'mine'),
    'boards/z.yaml': board('Z'),
  });
  // The first in order, and the last to claim it.
  await write('boards/a.yaml', own('A', 'MINE'));
  const claimed = await shows(({ problems }) => problems.length > 0);
  expect(claimed.problems[0]?.lines).toEqual([
    `${at('boards/a.yaml')}:5 windows.MINE: found a window that is there (${at('boards/b.yaml')}:5 mine), expected another name`,
  ]);
  expect(Object.keys(claimed.boards)).toEqual(['b', 'z']);
  await write('boards/b.yaml', own('B', 'other'));
  const moved = await shows(({ problems }) => problems.length === 0);
  expect(Object.keys(moved.boards)).toEqual(['a', 'b', 'z']);
  // The configuration too.
  await write('highwater.yaml', config().replace('windows:\n', `windows:\n  Other: ${WINDOW}\n`));
  const late = await shows(({ problems }) => problems.length > 0);
  expect(late.problems.map(({ lines }) => lines)).toEqual([
    [
      `${at('boards/b.yaml')}:5 windows.other: found a window that is there (${at('highwater.yaml')}:4 Other), expected another name`,
    ],
  ]);
  expect(Object.keys(late.boards)).toEqual(['a', 'b', 'z']);
});

test('B4 a pattern that finds nothing any more keeps its boards, and says so', async () => {
  const { at, shows } = await relayOf({ 'highwater.yaml': config(), 'boards/shop.yaml': board('Shop') });
  await rm(at('boards/shop.yaml'));
  const gone = await shows(({ problems }) => problems.length > 0);
  expect(gone.problems[0]?.lines[0]).toMatch(/boards: found no file boards\/\*\.yaml in .*, expected a board file$/);
  expect(Object.keys(gone.boards)).toEqual(['shop']);
});

test('changes are told in words', () => {
  const nothing: Shown = { boards: null, windows: {}, playlists: {}, problems: [] };
  expect(changesTold(nothing, nothing)).toEqual([]);
  const wrong = { ...nothing, problems: [{ file: 'highwater.yaml', board: null, lines: ['x'] }] };
  expect(changesTold(wrong, nothing)).toEqual(['highwater.yaml was changed; what it was before is shown, for', '  x']);
  expect(changesTold(wrong, wrong)).toEqual([]);
  expect(changesTold(nothing, wrong)).toEqual(['highwater.yaml is good again']);
});

test('B6 the boards of --boards stand in for a made one, and are live as others are', async () => {
  const folder = await folderOf({
    'rows.jsonl': '{"ts":"2026-11-22T10:00:01Z","k":"a"}\n',
    'boards/mine.yaml': 'title: Mine\npanels:\n  - { kind: table, title: T, w: 24, h: 9, stream: rows }\n',
  });
  const relay = await startRelayProcess([
    ...['--file', join(folder, 'rows.jsonl'), '--boards', join(folder, 'boards/*.yaml')],
  ]);
  onTestFinished(() => relay.remove());
  const tab = await Tab.open(relay.port);
  onTestFinished(() => tab.cut());
  const first = await tab.message('boards');
  expect(first).toMatchObject({ boards: { mine: { title: 'Mine' } }, made: [] });
  await writeFile(
    join(folder, 'boards/mine.yaml'),
    'title: Mine\npanels:\n  - { kind: table, w: 24, h: 9, stream: row }\n',
  );
  const broken = await tab.until(() => tab.all('boards').find(({ problems }) => problems.length > 0));
  const [line = ''] = broken.problems[0]?.lines ?? [];
  expect(line).toMatch(/mine\.yaml:3:5 panels\.0\.title: found nothing, expected a title$/);
  await expect
    .poll(() => relay.output(), { timeout: 10_000 })
    .toContain(`was changed; what it was before is shown, for\n    ${line}`);
});
