import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { handClock } from '../../tests/support/hand-clock.ts';
import { readConfig } from '../config.ts';
import { LiveBoards } from './live-boards.ts';

const board = (title: string) => `title: ${title}\npanels: [{ kind: text, title: A, w: 9, h: 3, text: a }]\n`;

/** Boards over a folder whose changes the test tells, by a clock of its own. `judge` is asked at each reading, `see` when they are shown. */
async function live(judge = () => {}, see = () => {}) {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-live-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'highwater.yaml');
  await writeFile(path, 'streams: { s: { source: "kafka://h/t" } }\nboards: "*.board.yaml"\n');
  await writeFile(join(folder, 'a.board.yaml'), board('One'));
  const clock = handClock();
  const shown: (string | undefined)[] = [];
  const waiting = new Set<() => void>();
  let changed: (name: string | null) => void = () => undefined;
  let watches = 0;
  const started = await readConfig(path);
  const { files } = started;
  const playlistProblems = (boards: readonly string[]) => {
    judge();
    return files.declared.playlistProblems(boards);
  };
  const failures: string[] = [];
  const boards = new LiveBoards({
    started: { ...started, files: { ...files, declared: { ...files.declared, playlistProblems } } },
    clock,
    watchFolder(_, listener) {
      changed = listener;
      watches++;
      return () => watches--;
    },
    show(now) {
      see();
      shown.push(now.boards?.['a.board']?.title);
      for (const wake of waiting) wake();
    },
    failed(error) {
      failures.push(String(error));
      for (const wake of waiting) wake();
    },
  });
  return {
    clock,
    shown,
    failures,
    boards,
    watches: () => watches,
    change: (name: string | null) => changed(name),
    write: (title: string) => writeFile(join(folder, 'a.board.yaml'), board(title)),
    next: () => new Promise<void>((resolve) => waiting.add(resolve)),
  };
}

test('B4 a change is read when all has been quiet for 100 ms, and after two seconds though it never is', async () => {
  const { clock, shown, change, write, next } = await live();
  await write('Two');
  const read = next();
  // Every 60 ms one more.
  for (let ms = 0; ms < 1_980; ms += 60) {
    change('a.board.yaml');
    clock.pass(60);
  }
  expect(shown).toEqual([]);
  change('a.board.yaml');
  clock.pass(60);
  await read;
  expect(shown).toEqual(['Two']);
});

test('B4 files of other names in the folder are nobody’s business; a change without a name may be', async () => {
  const { clock, shown, change, write, next } = await live();
  await write('Two');
  change('orders.jsonl');
  change('a.board.yaml~');
  clock.pass(1_000);
  expect(shown).toEqual([]);
  const read = next();
  change(null);
  clock.pass(100);
  await read;
  expect(shown).toEqual(['Two']);
});

test('B4 closed, nothing is watched and nothing read', async () => {
  const { clock, shown, boards, watches, write } = await live();
  expect(watches()).toBe(1);
  boards.close();
  expect(watches()).toBe(0);
  await write('Two');
  clock.pass(10_000);
  expect(shown).toEqual([]);
});

test('B4 what fails when it is judged, or shown, is told, and tried again', async () => {
  for (const at of ['judged', 'shown']) {
    let left = 1;
    const fail = () => {
      if (left-- > 0) throw new Error('once');
    };
    const { clock, shown, failures, change, write, next } = await live(
      ...(at === 'judged' ? [fail] : [() => {}, fail]),
    );
    await write('Two');
    const failed = next();
    change('a.board.yaml');
    clock.pass(100);
    await failed;
    expect([shown, failures]).toEqual([[], ['Error: once']]);
    await settled();
    const read = next();
    clock.pass(2_000);
    await read;
    expect([shown, failures]).toEqual([['Two'], ['Error: once']]);
  }
});

/** What was begun has had its turns. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
