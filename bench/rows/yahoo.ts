import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { stringify } from 'yaml';
import type { PanelRequest } from '../../contract/worker-api.ts';
import { openHeadless } from '../../worker/headless.ts';
import { call, type Harness, median, pageFolder, type Row, root, round, samples } from '../harness.ts';
import { Native } from '../native.ts';
import { Player, type PlaySetup } from '../page/player.ts';
import {
  CAMPAIGN_NAMES,
  STREAM,
  type YahooEvents,
  yahooEvents,
  yahooFrames,
  yahooLine,
  yahooWindow,
} from '../yahoo-frames.ts';

/** Events a second of event time; how fast they are fed has nothing to do with it. */
const RATE = 10_000;
const WINDOW_US = 10_000_000;
const SQL = 'SELECT epoch_us(window_start) AS start_us, campaign, views FROM yahoo';
const BARS: PanelRequest = {
  kind: 'fold',
  window: 'yahoo',
  view: { span: 'all', until: 'newest', earlierUs: 0 },
  filters: [],
  measure: 'views',
  by: 'campaign',
  over: null,
  top: 20,
  sort: 'descending',
  order: [],
  sparkSpan: null,
};

/** RULES of the Yahoo streaming benchmark: filter, lookup, count per campaign in windows of 10 s; one run, four ways. */
export async function yahooRow(harness: Harness): Promise<Row> {
  const count = harness.quick ? 200_000 : 1_000_000;
  const repeats = harness.quick ? 3 : 5;
  const events = yahooEvents(count, RATE);
  const { bytes, ...packed } = yahooFrames(events, RATE);
  const judge = await Native.open(1);
  await judge.table('events', {
    time_us: BigInt64Array.from(events.times, BigInt),
    ad: events.ad,
    type: events.type,
  });
  const truth = (passes: number) => truthOf(judge, passes, packed.spanUs);
  const once = await truth(1);
  const often = await truth(repeats + 1);
  const batchMs: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const before = performance.now();
    await truth(1);
    batchMs.push(performance.now() - before);
  }
  judge.close();

  const setup = {
    ...packed,
    windows: { yahoo: yahooWindow(events) },
    requests: [BARS],
    rawBudgetBytes: 256 * 2 ** 20,
    framesPerApply: 8,
    pictureEveryMs: 250,
  };
  await writeFile(join(pageFolder, 'yahoo-frames.bin'), bytes);
  const page = await harness.page();
  const tab = await call(page, 'yahoo', { setup, bytesUrl: 'yahoo-frames.bin', repeats, sql: SQL });
  await page.close();
  check('tab', tab.first, once);
  check('tab', tab.last, often);
  const node = await inNode({ ...setup, bytes }, repeats, once, often);
  const lines = await fromLines(events, once);

  const tabRate = median(tab.rates);
  const nodeRate = median(node);
  const millions = (values: readonly number[]) =>
    samples(
      'M events/s',
      values.map((value) => value / 1e6),
    );
  return {
    name: 'Yahoo streaming benchmark: events/s in a tab, in a Node process',
    goal: 'none given; Yahoo’s own load is 1,000/s, Flink’s published 0.17–15 M/s on clusters',
    result: `${round(tabRate / 1e6)} M, ${round(nodeRate / 1e6)} M from frames; ${round(lines / 1e6)} M from JSON lines`,
    met: null,
    method:
      `100 campaigns of 10 ads; of the views, how many per campaign in windows of 10 s: filter, lookup by a constant map of 1,000 entries, count. ` +
      `${count.toLocaleString('en')} events at ${RATE.toLocaleString('en')} a second of event time, ${count / RATE} s, jittered by ±50 ms, 1 in 100,000 late by up to 60 s (allow 2m). ` +
      'As fast as they go, on one core: frames of 8,192 events built beforehand (no socket, no JSON), eight an apply, raw rows kept as in any tab, ' +
      'the 20 largest campaigns drawn up every 250 ms; a sample is one pass, event time going on from pass to pass. JSON lines: `highwater run --mode append`, from the ' +
      'start of the process to its end, reading, parsing and printing included. Every count of the first pass, of all passes and of the command is the one a SQL GROUP BY over all rows gives.',
    losing:
      'One core and one partition; the published cluster figures count many. Rows are stored as well as counted: without storing them it would be faster, and nothing could be asked of them.',
    figures: {
      'tab, from frames': millions(tab.rates),
      'Node, from frames': millions(node),
      'Node, from JSON lines, parsing included': millions([lines]),
      'native DuckDB, one GROUP BY over rows stored as integers, one thread': millions(
        batchMs.map((ms) => (count / ms) * 1000),
      ),
    },
    notes: { 'rows of the result': once.size },
  };
}

/** `start campaign` → views, by plain SQL over all events of so many passes. */
async function truthOf(judge: Native, passes: number, spanUs: number): Promise<Map<string, number>> {
  const rows = await judge.rows(
    `SELECT (time_us + pass * ${spanUs}) // ${WINDOW_US} AS place, ad // 10 AS campaign, count(*)
     FROM events, range(${passes}) AS passes(pass) WHERE type = 0 GROUP BY ALL`,
  );
  return new Map(
    rows.map(([place, campaign, views]) => {
      const startUs = Number(place) * WINDOW_US;
      return [`${startUs} ${CAMPAIGN_NAMES[Number(campaign)]}`, Number(views)] as const;
    }),
  );
}

function check(who: string, rows: readonly Record<string, unknown>[], truth: ReadonlyMap<string, number>): void {
  if (rows.length !== truth.size) throw new Error(`${who}: ${rows.length} rows, should be ${truth.size}`);
  for (const { start_us, campaign, views } of rows)
    if (truth.get(`${start_us} ${campaign}`) !== views)
      throw new Error(
        `${who}: ${campaign} at ${start_us} is ${views}, should be ${truth.get(`${start_us} ${campaign}`)}`,
      );
}

async function inNode(
  setup: PlaySetup,
  repeats: number,
  once: ReadonlyMap<string, number>,
  often: ReadonlyMap<string, number>,
): Promise<number[]> {
  const engine = await openHeadless({ rawBudgetBytes: setup.rawBudgetBytes, nowMs: () => performance.now() });
  try {
    const player = new Player(engine, setup);
    player.pass();
    check('Node', await engine.query(SQL, { maxRows: 1_000_000 }), once);
    const rates: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) rates.push(player.pass());
    check('Node', await engine.query(SQL, { maxRows: 1_000_000 }), often);
    return rates;
  } finally {
    engine.close();
  }
}

/** Events a second of `highwater run` over the events as JSON lines. */
async function fromLines(events: YahooEvents, once: ReadonlyMap<string, number>): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-yahoo-'));
  try {
    const input = join(folder, 'events.jsonl');
    const file = createWriteStream(input);
    for (let index = 0; index < events.times.length; index++)
      if (!file.write(`${yahooLine(events, index)}\n`))
        await new Promise((done) => file.once('drain', () => done(null)));
    file.end();
    await finished(file);
    const config = join(folder, 'highwater.yaml');
    const time = { field: 'event_time', format: 'millis', delay: '100ms' };
    const streams = { [STREAM]: { source: `file:${input}`, format: 'json', time } };
    await writeFile(config, stringify({ streams, windows: { yahoo: yahooWindow(events) } }));
    const before = performance.now();
    const rows = await run(['relay/cli/main.ts', 'run', '--config', config, '--input', input, '--mode', 'append']);
    const elapsedMs = performance.now() - before;
    check(
      'highwater run',
      rows.map(({ window_start, campaign, views }) => ({
        start_us: Date.parse(String(window_start)) * 1000,
        campaign,
        views,
      })),
      once,
    );
    return (events.times.length / elapsedMs) * 1000;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The JSON lines a program of this checkout prints. */
async function run(args: readonly string[]): Promise<Record<string, unknown>[]> {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((done) => child.once('close', done));
  const rows: Record<string, unknown>[] = [];
  for await (const line of createInterface({ input: child.stdout })) rows.push(JSON.parse(line));
  const status = await ended;
  if (status !== 0) throw new Error(`${args.join(' ')} ended with status ${status}`);
  return rows;
}
