import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import type { Boards, PanelPicture } from '../../contract/worker-api.ts';
import { shopPicture, shopStatus } from '../../tests/web/fixture/shop.ts';
import { openKeptPictures } from './kept-pictures.ts';

const NEVER = { nowMs: () => 0, after: () => () => {} };
const boardsOf = (...made: string[]): Boards => ({ boards: {}, windows: {}, playlists: {}, problems: [], made });
const picture = (): PanelPicture =>
  shopPicture({ kind: 'rows', stream: 'shop_events', columns: null, limit: 1, filters: [] }, 1000, 1000);

/** A page of a build, whose relay serves these boards. */
async function page(relay: string, build: string, boards: Boards | null = boardsOf('a')) {
  const problems: unknown[] = [];
  const status = () => shopStatus(1000, { state: 'live', sinceMs: 0, transport: 'websocket' });
  const kept = openKeptPictures({ relay, build, clock: NEVER, status, onError: (error) => problems.push(error) });
  await kept.boards;
  if (boards) kept.serves(boards);
  await kept.boards;
  const show = async (...requests: string[]) => {
    for (const request of requests) kept.shows(request, picture());
    await kept.save();
  };
  return { kept, show, problems };
}

test('V62 what a page showed is found by the next one, with where its stream stood, and is known as kept', async () => {
  const first = await page('again', 'b');
  await first.show('request');
  const { kept, problems } = await page('again', 'b', null);
  expect(await kept.boards).toEqual(boardsOf('a'));
  const found = await kept.find('request');
  expect(found?.positions).toEqual(
    Object.values(shopStatus(1000, { state: 'closed', reason: '' }).streams)[0]?.positions,
  );
  expect(kept.isKept(found?.picture ?? expect.fail('nothing was kept'))).toBe(true);
  expect(kept.isKept(picture())).toBe(false);
  expect(await kept.find('another request')).toBeNull();
  expect([first.problems, problems]).toEqual([[], []]);
});

test('V62 pictures are of the build that drew them, also where tabs of two builds are open', async () => {
  const old = await page('builds', 'old');
  const now = await page('builds', 'new');
  await old.show('drawn by the old one');
  await now.show('drawn by the new one');
  const { kept } = await page('builds', 'new', null);
  expect(await kept.find('drawn by the old one')).toBeNull();
  expect(await kept.find('drawn by the new one')).not.toBeNull();
});

test('V62 of a relay that serves other boards nothing is kept', async () => {
  await (await page('boards', 'b')).show('request');
  const { kept } = await page('boards', 'b', boardsOf('other'));
  await kept.save();
  expect(await kept.find('request')).toBeNull();
});

test('V62 beyond the bound those go that were shown longest ago', async () => {
  const { kept, show } = await page('bound', 'b');
  await show('first');
  for (let count = 0; count < 300; count += 10) {
    await show(...Array.from({ length: 10 }, (_, index) => `passing ${count + index}`), 'live');
    if (count === 200) await show('stands still');
  }
  expect(await kept.find('first')).toBeNull();
  expect(await kept.find('live')).not.toBeNull();
  expect(await kept.find('stands still')).not.toBeNull();
});
