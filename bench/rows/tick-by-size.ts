import { call, type Harness, median, type Row, round, samples } from '../harness.ts';

const SMALL = 100_000;

/** DESIGN §7, first row: a tick costs the same however many rows are stored. */
export async function tickBySize(harness: Harness): Promise<Row> {
  const sizes = harness.quick ? [1_000_000, 5_000_000] : [1_000_000, 5_000_000, 10_000_000, 20_000_000];
  const page = await harness.page();
  const results = await call(page, 'tickBySize', SMALL, sizes, harness.quick ? 3 : 5, 20);
  await page.close();

  const biggest = results.at(-1);
  if (!biggest) throw new Error('no size was measured');
  const ratioOf = (index: number) => {
    const { smallMs = [], bigMs = [] } = results[index] ?? {};
    return bigMs.map((ms, repeat) => ms / (smallMs[repeat] ?? Number.NaN));
  };
  const ratio = median(ratioOf(results.length - 1));
  return {
    name: 'Tick with 10k new rows, live 1 s × action panel: at 20 M stored rows ÷ at 0.1 M',
    goal: '≤ 1.2',
    result: `${round(ratio)}${harness.quick ? ' (at 5 M: quick)' : ''}`,
    met: harness.quick ? null : ratio <= 1.2,
    method:
      'Two engines in two module workers; ticks alternate between the one holding the size and one freshly filled ' +
      'with 0.1 M rows. A tick is engine.apply of one 10k-row frame and engine.picture of the last 300 s, six actions, ' +
      'measured in the worker. Each sample is the median of 20 ticks.',
    losing: losing(results.map(({ rows, facts }) => ({ rows, mb: facts.memoryBytes / 1e6 }))),
    figures: Object.fromEntries(
      results.flatMap(({ rows, smallMs, bigMs }, index) => [
        [`0.1 M rows, beside ${rows / 1e6} M`, samples('ms', smallMs)],
        [`${rows / 1e6} M rows`, samples('ms', bigMs)],
        [`ratio at ${rows / 1e6} M`, samples('×', ratioOf(index))],
      ]),
    ),
    notes: Object.fromEntries(
      results.map(({ rows, facts }) => [
        `memory at ${rows / 1e6} M rows`,
        `${Math.round(facts.memoryBytes / 1e6)} MB engine, ${round(facts.rawBytes / facts.rows)} B per raw row by its own estimate`,
      ]),
    ),
  };
}

function losing(memory: readonly { rows: number; mb: number }[]): string {
  const most = memory.at(-1);
  return (
    `Time is flat, memory is not: ${Math.round(most?.mb ?? 0)} MB for ${(most?.rows ?? 0) / 1e6} M raw rows, ` +
    `${round(((most?.mb ?? 0) * 1e6) / (most?.rows ?? 1))} bytes a row all told.`
  );
}
