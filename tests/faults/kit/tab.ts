import type { Browser, BrowserContext, Page } from 'playwright';
import { WebSocket } from 'ws';
import { systemClock } from '../../../contract/clock.ts';
import type { Loss, Status } from '../../../contract/worker-api.ts';
import { openHeadless } from '../../../worker/headless.ts';
import { type Host, startHost } from '../../../worker/host.ts';
import type { TcpProxy } from '../../support/proxy.ts';
import type { HeldRow, PositionSample, TabReport } from '../oracle.ts';

/** A tab under fault, behind a proxy of its own. Its rows come out of its own engine, by SQL. */
export interface FaultTab {
  readonly name: string;
  readonly proxy: TcpProxy;
  /** null: it does not answer now. */
  status(): Promise<Status | null>;
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** What it held and told until now, over all its lives. */
  report(): Promise<TabReport>;
  /** Asked often: keeps the positions and losses it tells. */
  sample(): Promise<void>;
  /** Errors nobody expected. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

export const STREAM = 'events';
const ROWS_SQL = `SELECT _partition, _offset, producer, seq FROM ${STREAM}`;
const MAX_ROWS = 1_000_000;

/** Keeps what a tab told, also over its reloads: a loss that was shown was told. */
class Told {
  readonly lives: PositionSample[][] = [[]];
  readonly #losses = new Map<string, Loss>();

  take(status: Status): void {
    const stream = status.streams[STREAM];
    if (stream?.positions) this.lives.at(-1)?.push(stream.positions);
    for (const loss of stream?.losses ?? []) this.#losses.set(`${this.lives.length} ${loss.atMs} ${loss.reason}`, loss);
  }

  reborn(): void {
    this.lives.push([]);
  }

  get losses(): Loss[] {
    return [...this.#losses.values()];
  }
}

const heldRow = (row: Record<string, unknown>): HeldRow => ({
  partition: Number(row._partition),
  offset: Number(row._offset),
  producer: String(row.producer),
  seq: Number(row.seq),
});

/** The worker's host and engine in Node, over a real socket. */
export async function openNodeTab(name: string, proxy: TcpProxy): Promise<FaultTab> {
  const errors: string[] = [];
  const told = new Told();
  const host: Host = await startHost({
    openEngine: () => openHeadless({ rawBudgetBytes: 256 * 2 ** 20, nowMs: () => performance.now() }),
    openSocket: () => quiet(new WebSocket(`ws://127.0.0.1:${proxy.port}/socket`)) as never,
    clock: systemClock,
    monotonicMs: () => performance.now(),
    random: () => Math.random(),
    defer: (run) => setImmediate(run),
    onError: (error) => errors.push(error instanceof Error ? error.message : String(error)),
  });
  const query = (sql: string) => host.query(sql, { maxRows: MAX_ROWS, deadlineMs: 60_000 });
  return {
    name,
    proxy,
    errors,
    status: async () => host.status(),
    query,
    sample: async () => told.take(host.status()),
    async report() {
      told.take(host.status());
      return { name, rows: (await query(ROWS_SQL)).map(heldRow), losses: told.losses, lives: told.lives };
    },
    async close() {
      host.close();
      await proxy.stop();
    },
  };
}

/** A socket that is let go while it opens says so as an error that nobody waits for. */
function quiet(socket: WebSocket): WebSocket {
  socket.on('error', () => undefined);
  return socket;
}

export interface ChromiumTab extends FaultTab {
  readonly page: Page;
  reload(): Promise<void>;
  /** The renderer dies as it stands; the tab is opened again as a person would. */
  crash(): Promise<void>;
}

const ANSWER_MS = 20_000;
/** For all its rows: of a long trial they are hundreds of thousands. */
const REPORT_MS = 180_000;

/** A page that has died or is stopped never answers. */
function answered<T>(answer: Promise<T>, withinMs = ANSWER_MS): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the page did not answer within ${withinMs / 1000} s`)), withinMs);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

/** What a browser says of a relay that is away. */
const AWAY = /WebSocket connection to|net::ERR_|Failed to load resource|Failed to fetch/;

export async function openChromiumTab(name: string, proxy: TcpProxy, browser: Browser): Promise<ChromiumTab> {
  const errors: string[] = [];
  const told = new Told();
  const context: BrowserContext = await browser.newContext({ serviceWorkers: 'block' });
  const open = async (): Promise<Page> => {
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' && !AWAY.test(message.text())) errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(error.message));
    // A machine that runs all of this may be slow: that is no fault of the engine's.
    await page.goto(`http://127.0.0.1:${proxy.port}/?watchdog=60s`);
    await page.waitForFunction(() => 'highwater' in window);
    return page;
  };
  let page = await open();
  let asking: Promise<Status | null> | null = null;
  /** One question at a time: a browser that is stopped answers none. */
  const status = (): Promise<Status | null> => {
    asking ??= answered(page.evaluate(() => window.highwater.status()))
      .catch(() => null)
      .finally(() => {
        asking = null;
      });
    return asking;
  };
  const query = (sql: string, withinMs?: number) =>
    answered(
      page.evaluate(([text, maxRows]) => window.highwater.query(text, { maxRows, deadlineMs: 60_000 }), [
        sql,
        MAX_ROWS,
      ] as const),
      withinMs,
    );
  const sample = async () => {
    const now = await status();
    if (now) told.take(now);
  };
  return {
    name,
    proxy,
    errors,
    get page() {
      return page;
    },
    status,
    query,
    sample,
    async report() {
      await sample();
      return { name, rows: (await query(ROWS_SQL, REPORT_MS)).map(heldRow), losses: told.losses, lives: told.lives };
    },
    async reload() {
      told.reborn();
      await page.reload();
      await page.waitForFunction(() => 'highwater' in window);
    },
    async crash() {
      told.reborn();
      const crashed = page.waitForEvent('crash');
      const devtools = await context.newCDPSession(page);
      // It never answers: the renderer is gone.
      devtools.send('Page.crash').catch(() => undefined);
      await crashed;
      await page.close().catch(() => undefined);
      page = await open();
    },
    async close() {
      await context.close();
      await proxy.stop();
    },
  };
}
