import { call, type Harness, median, type Row, round, type Samples, samples } from '../harness.ts';
import type { TickCase, TickCaseResult } from '../page/tick-cases.ts';
import { boardOf, keyed, measured, overlapping } from '../panel-mix.ts';

const STORED_ROWS = 1_000_000;

/** Tick cost by panels, by keys, by aggregate and by shape of window: each against the simplest of its kind, in one run. */
export async function tickByPanels(harness: Harness): Promise<Row> {
  const results = await run(harness, [1, 4, 12, 40].map(boardOf));
  const tables = (result: TickCaseResult | undefined) => result?.plan.match(/^ +table \d+:/gm)?.length ?? 0;
  return {
    name: 'Tick with 10k new rows and all pictures: 40 panels ÷ 1 panel',
    goal: 'none given',
    result: `${against(results, 3)}×; 12 panels ${against(results, 2)}×, 4 panels ${against(results, 1)}×`,
    met: null,
    method: `${METHOD} Boards of 1, 4, 12 and 40 panels over the first of a mix of windows: tumbling, hopping, cumulating, sessions per user, global; distinct counts, quantiles, top-k; series, bars, single values with sparklines, newest rows. All pictures are made at every tick.`,
    losing:
      'Most of it is one window, sessions of 50,000 users: every tick changes 10,000 of them, and its pictures pass over ' +
      'all that are open. A list of the ten largest kept as sessions change would spare that.',
    figures: figuresOf(results),
    notes: {
      ...notesOf(results),
      'tables of panes': results.map((result) => `${result.name}: ${tables(result)}`).join(', '),
    },
  };
}

export async function tickByKeys(harness: Harness): Promise<Row> {
  const results = await run(harness, [keyed('1 key', 1), keyed('100 keys', 100), keyed('100 k keys', 100_000)]);
  return {
    name: 'Tick with 10k new rows, 10 s windows by user: 100 k keys ÷ 1 key',
    goal: 'none given',
    result: `${against(results, 2)}×; 100 keys ${against(results, 1)}×`,
    met: null,
    method: `${METHOD} Count and sum per user in 10 s windows; the pictures are the ten largest users of the last minute and the events of all users over five minutes.`,
    losing:
      'With 100 k keys most of the 10k rows of a tick are the first of their group in a pane: each takes a slot and a place ' +
      'in a map, and the pictures pass over every group of every pane they show.',
    figures: figuresOf(results),
    notes: notesOf(results),
  };
}

export async function tickByAggregate(harness: Harness): Promise<Row> {
  const results = await run(harness, [
    measured('count', 'count()'),
    measured('sum', 'sum(price)'),
    measured('count_distinct', 'count_distinct(user_id)'),
    measured('quantile', 'quantile(price, 0.95)'),
  ]);
  return {
    name: 'Tick with 10k new rows, 1 s × action: distinct count, quantile ÷ count',
    goal: 'none given',
    result: `${against(results, 2)}×, ${against(results, 3)}×`,
    met: null,
    method: `${METHOD} One measure each in 1 s windows by action; the pictures are the last five minutes as lines, and folded into one value per action. 50,000 users.`,
    losing:
      'Folding five minutes of distinct counts merges sets of 50,000 users: past 16,384 values as HyperLogLog registers, ' +
      '16 KiB each. Smaller registers would cost accuracy.',
    figures: figuresOf(results),
    notes: notesOf(results),
  };
}

export async function tickByShape(harness: Harness): Promise<Row> {
  const shapes = ['hop(5m, 10s)', 'hop(5m, 1s)', 'hop(1h, 1s)', 'cumulate(1h, 1s)'];
  const results = await run(harness, [
    overlapping('tumble(1s)', 'count()'),
    ...shapes.map((shape) => overlapping(shape, 'count()')),
    overlapping('hop(5m, 1s)', 'quantile(price, 0.95)'),
    overlapping('hop(5m, 1s)', 'count_distinct(user_id)'),
  ]);
  return {
    name: 'Tick with 10k new rows, live 1 s × action panel: count in hop(5m, 1s) ÷ in tumble(1s)',
    goal: 'none given',
    result: `${against(results, 2)}×; distinct count ${against(results, 6)}×`,
    met: null,
    method: `${METHOD} One line per action, the last five minutes.`,
    losing:
      'The first picture of windows of many panes merges them all; it is in the notes. Distinct counts in windows that ' +
      'move by a second merge 16 KiB of registers some twenty times for each window that changed.',
    figures: figuresOf(results),
    notes: notesOf(results),
  };
}

const METHOD =
  `One engine per case in a module worker of its own, ${STORED_ROWS / 1e6} M rows stored; the cases take turns, tick by tick. A tick is engine.apply of ` +
  'one 10k-row frame and every picture, measured in the worker; a sample is the median of a repeat’s ticks.';

async function run(harness: Harness, cases: readonly TickCase[]): Promise<TickCaseResult[]> {
  const page = await harness.page();
  const options = harness.quick ? { repeats: 3, ticks: 10 } : { repeats: 5, ticks: 20 };
  const results = await call(page, 'tickCases', { cases, rows: harness.quick ? 300_000 : STORED_ROWS, ...options });
  await page.close();
  return results;
}

/** Whole ticks of a case against those of the first, repeat by repeat. */
function ratios([first, ...others]: readonly TickCaseResult[], index: number): number[] {
  const wholes = (result: TickCaseResult | undefined) =>
    (result?.applyMs ?? []).map((ms, repeat) => ms + (result?.pictureMs[repeat] ?? 0));
  const base = wholes(first);
  return wholes(others[index - 1]).map((ms, repeat) => ms / (base[repeat] ?? Number.NaN));
}

function ratioOf(results: readonly TickCaseResult[], index: number): number {
  return median(ratios(results, index));
}

function against(results: readonly TickCaseResult[], index: number): number {
  return round(ratioOf(results, index));
}

function figuresOf(results: readonly TickCaseResult[]): Record<string, Samples> {
  return Object.fromEntries(
    results.flatMap((result, index) => [
      [`${result.name}: rows taken in`, samples('ms', result.applyMs)],
      [`${result.name}: pictures`, samples('ms', result.pictureMs)],
      ...(index === 0 ? [] : [[`${result.name} ÷ ${results[0]?.name}`, samples('×', ratios(results, index))] as const]),
    ]),
  );
}

function notesOf(results: readonly TickCaseResult[]): Record<string, string> {
  return {
    'slowest tick of a repeat, median': results
      .map(({ name, worstMs }) => `${name} ${round(median(worstMs))} ms`)
      .join(', '),
    'first pictures, over the history': results
      .map(({ name, firstPicturesMs }) => `${name} ${round(firstPicturesMs)} ms`)
      .join(', '),
  };
}
