import { type Deviation, type Errors, RANKS, TOP } from './errors.ts';
import { DISTRIBUTIONS } from './values.ts';

const BEGIN = '<!-- sketches: written by npm run sketches -->';
const END = '<!-- sketches: end -->';

/** The page with what stands between its markers replaced. */
export function withTables(page: string, tables: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`the page has no place for the tables: ${BEGIN} … ${END}`);
  return `${page.slice(0, begin)}${BEGIN}\n\n${tables}\n\n${page.slice(end)}`;
}

/** Three tables: rows are distributions, columns are numbers of values; a cell is the worst of its seeds. */
export function tables(all: readonly Errors[], where: string): string {
  const sizes = [...new Set(all.map(({ n }) => n))].sort((left, right) => left - right);
  const names = Object.keys(DISTRIBUTIONS);
  const cellsOf = (distribution: string, cell: (runs: readonly Errors[]) => string) =>
    sizes.map((n) => cell(all.filter((run) => run.distribution === distribution && run.n === n)));
  const seeds = sizes.map((n) => Math.max(...all.filter((run) => run.n === n).map(({ seed }) => seed)));
  const table = (first: string, rows: readonly (readonly string[])[]) =>
    [[first, ...sizes.map(shortNumber)], ['---', ...sizes.map(() => '---')], ...rows, ['seeds', ...seeds.map(seedText)]]
      .map((cells) => `| ${cells.join(' | ')} |`)
      .join('\n');
  return [
    where,
    '### count_distinct: error, of how many different values',
    table(
      'values',
      names.map((name) => [name, ...cellsOf(name, distinctCell)]),
    ),
    '### quantile: error by rank',
    table(
      'values, rank',
      names.flatMap((name) =>
        RANKS.map((rank, index) => [
          `${name}, ${rank}`,
          ...cellsOf(name, (runs) => errorText(worst(runs.map(({ quantiles }) => quantiles[index] as Deviation)))),
        ]),
      ),
    ),
    `### top_k(x, ${TOP}): largest excess of a count over the last count listed, and how many of those listed belong there`,
    table(
      'values',
      names.map((name) => [name, ...cellsOf(name, topCell)]),
    ),
  ].join('\n\n');
}

function distinctCell(runs: readonly Errors[]): string {
  const most = Math.max(...runs.map(({ different }) => different));
  return `${errorText(worst(runs.map(({ distinct }) => distinct)))} of ${shortNumber(most)}`;
}

function topCell(runs: readonly Errors[]): string {
  const least = runs.reduce((one, run) => (run.topRight / run.topListed < one.topRight / one.topListed ? run : one));
  return `${errorText(worst(runs.map(({ top }) => top)))}; ${least.topRight} of ${least.topListed}`;
}

/** The largest error measured beside the largest promised. */
function worst(errors: readonly Deviation[]): Deviation {
  return {
    measured: Math.max(...errors.map(({ measured }) => measured)),
    promised: Math.max(...errors.map(({ promised }) => promised)),
  };
}

function errorText({ measured, promised }: Deviation): string {
  return promised === 0 && measured === 0 ? 'exact' : `${percent(measured)} ≤ ${percent(promised)}`;
}

function percent(fraction: number): string {
  return `${Number((fraction * 100).toPrecision(2))} %`;
}

function shortNumber(value: number): string {
  const [divisor, unit] = value >= 1e6 ? [1e6, ' M'] : value >= 1e3 ? [1e3, ' k'] : [1, ''];
  return `${Number((value / divisor).toPrecision(3))}${unit}`;
}

function seedText(last: number): string {
  return last === 1 ? '1' : `1–${last}`;
}
