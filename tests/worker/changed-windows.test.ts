import { expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type WindowSpec, WindowSpecSchema } from '../../contract/spec/window.ts';
import type { PanelPicture } from '../../contract/worker-api.ts';
import type { Engine } from '../../worker/engine.ts';
import { openHeadless } from '../../worker/headless.ts';
import { startHost } from '../../worker/host.ts';
import { testFrame, testSchema } from '../support/frames.ts';
import { foldOf, groupsOf, pictureOf, seriesOf, viewOf } from '../support/requests.ts';
import { startScriptedRelay, type Tab } from './scripted-relay.ts';

const SECOND = 1_000_000;
const spec = (more: Partial<WindowSpec> & { select: WindowSpec['select'] }): WindowSpec =>
  WindowSpecSchema.parse({ from: 's', window: 'tumble(10s)', ...more });

async function openEngine(rawBudgetBytes: number): Promise<Engine> {
  const engine = await openHeadless({ rawBudgetBytes, nowMs: () => 0 });
  onTestFinished(() => engine.close());
  return engine;
}
const schema = testSchema('s', { line: 'string', machine: 'string', price: 'float64' });
function feeder(engine: Engine): (count: number) => void {
  let offset = 0;
  engine.schema(schema);
  engine.begin('s', 'fresh', { epoch: 'e1', next: {} });
  return (count) => {
    const rows = Array.from({ length: count }, (_, at) => ({
      timeUs: (offset + at) * SECOND,
      line: (offset + at) % 2 ? 'a' : 'b',
      machine: `m${(offset + at) % 3}`,
      price: 1,
    }));
    engine.apply([testFrame(schema, rows, { firstOffset: offset })], 0);
    offset += count;
  };
}
const fold = (engine: Engine, ...request: Parameters<typeof foldOf>) => pictureOf(engine, foldOf(...request));

test('W13 windows that change: equal ones keep all they counted, others are filled from the kept rows and say from when', async () => {
  // Room for a few thousand rows: what came first is let go.
  const engine = await openEngine(200_000);
  const feed = feeder(engine);
  const same = spec({ by: ['line'], select: { n: 'count()' } });
  const over = WindowSpecSchema.parse({ from: 'same', window: 'tumble(1m)', select: { n: 'sum(n)' } });
  engine.windows({ same, over, other: spec({ select: { n: 'count()' } }), gone: spec({ select: { n: 'count()' } }) });
  for (let tick = 0; tick < 20; tick++) feed(400);
  const { released, rows } = engine.streamState('s');
  expect(released).toBeGreaterThan(3000);
  expect(fold(engine, 'other', 'n')).toMatchObject({ rows: [{ value: 8_000 }], keptFromUs: null });

  const changed = spec({ select: { n: 'count()', total: 'sum(price)' } });
  expect(
    engine.windows({ same, over, other: changed, added: spec({ by: ['machine'], select: { n: 'count()' } }) }),
  ).toEqual([]);
  expect(fold(engine, 'same', 'n')).toMatchObject({ rows: [{ value: 8_000 }], keptFromUs: null });
  for (const window of ['other', 'added'])
    expect(fold(engine, window, 'n')).toMatchObject({
      rows: [{ value: rows }],
      keptFromUs: (released - 1) * SECOND + 1,
    });
  expect(engine.picture(foldOf('gone', 'n'))).toMatchObject({
    kind: 'error',
    message: expect.stringContaining('no window gone'),
    fix: expect.stringContaining('same, over, other, added'),
  });
  engine.progress('s', {}, 8_000 * SECOND);
  expect(fold(engine, 'over', 'n').rows[0]?.value).toBe(8_000);

  // What is filtered by the rows reaches back as far as they do; from then on it counts on.
  const only = [{ column: 'machine', values: ['m1'], not: false }];
  const filtered = engine.picture(groupsOf('same', ['n'], { filters: only }));
  const [row] = await engine.query("SELECT count(*) AS n FROM s WHERE machine = 'm1'");
  expect(filtered).toMatchObject({
    rows: [{ cells: [row?.n] }],
    keptFromUs: (released - 1) * SECOND + 1,
    unfiltered: [],
  });
  // Also of a window that is changed under it, or taken away.
  engine.windows({ same: spec({ by: ['line'], select: { n: 'sum(price)' } }), added: changed });
  expect(engine.picture(groupsOf('same', ['n'], { filters: only }))).toMatchObject({ rows: [{ cells: [row?.n] }] });
  engine.windows({ added: changed });
  expect(engine.picture(groupsOf('same', ['n'], { filters: only }))).toMatchObject({ kind: 'error' });
  expect(engine.revision(groupsOf('same', ['n'], { filters: only }))).toBe(0);
});

test('W13 a page that watches windows while its boards change has pictures of those there are, and words for the others', async () => {
  const relay = await startScriptedRelay();
  onTestFinished(() => relay.stop());
  let tab: Tab | null = null;
  const tell = (windows: Record<string, WindowSpec>) =>
    tab?.send({ type: 'boards', boards: {}, windows, playlists: {}, problems: [], made: [] });
  relay.onMessage = (message, from) => {
    if (message.type !== 'subscribe') return;
    tab = from;
    tell({ stays: spec({ select: { n: 'count()' } }), goes: spec({ select: { n: 'count()' } }) });
    from.send({
      type: 'subscribed',
      stream: 's',
      outcome: 'fresh',
      position: { epoch: 'e', next: { 0: 0 } },
      reason: null,
      missing: null,
    });
    from.send({ ...schema });
  };
  let wallMs = 1_000_000_000_000;
  const monotonicMs = () => performance.now();
  const host = await startHost({
    openEngine: () => openHeadless({ rawBudgetBytes: 2 ** 26, nowMs: monotonicMs, wallMs: () => wallMs }),
    openSocket: () => new WebSocket(relay.url) as never,
    clock: {
      nowMs: () => wallMs,
      after: (ms, run) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    },
    monotonicMs,
    random: () => 0.5,
    defer: (run) => setImmediate(run),
    onError: (error) => {
      throw error;
    },
  });
  onTestFinished(() => host.close());
  const pictures = new Map<string, PanelPicture>();
  const made = new Map<string, number>();
  const failed = new Set<string>();
  const watch = (id: string, request: Parameters<typeof host.watch>[1]) =>
    host.watch(id, request, (picture) => {
      pictures.set(id, picture);
      if (picture.kind === 'error') failed.add(id);
      made.set(id, (made.get(id) ?? 0) + 1);
    });
  for (const window of ['stays', 'goes', 'comes']) watch(window, seriesOf(window, ['n']));
  watch('chosen', foldOf('goes', 'n', { filters: [{ column: 'machine', values: ['m1'], not: false }] }));
  watch('now', foldOf('stays', 'n', { view: viewOf(60 * SECOND, 'now'), over: 60 * SECOND }));
  watch('fixed', foldOf('stays', 'n', { view: viewOf(60 * SECOND, 60 * SECOND), over: 60 * SECOND }));
  const kinds = () => ['stays', 'goes', 'comes', 'chosen', 'fixed'].map((id) => pictures.get(id)?.kind);
  await vi.waitFor(() => expect(kinds()).toEqual(['series', 'series', 'error', 'fold', 'fold']), { timeout: 20_000 });
  // Asked for before the boards were told: what is not known yet is not wrong.
  expect([...failed]).toEqual(['comes']);
  const fixed = made.get('fixed');
  tell({ stays: spec({ select: { n: 'count()' } }), comes: spec({ by: ['line'], select: { n: 'count()' } }) });
  await vi.waitFor(() => expect(kinds()).toEqual(['series', 'error', 'series', 'error', 'fold']), { timeout: 20_000 });
  expect(pictures.get('goes')).toMatchObject({ fix: expect.stringContaining('stays, comes') });
  // Nothing comes: what ends now is made again as the clock goes on, what ends at a time is not.
  const before = made.get('now') ?? 0;
  wallMs += 2500;
  await vi.waitFor(() => expect(made.get('now')).toBeGreaterThan(before), { timeout: 20_000 });
  expect(made.get('fixed')).toBe(fixed);
});
