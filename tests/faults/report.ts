import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SERIES, type Slope, type Soak, slopeOf, warmUpMs } from '../../bench/soak/sample.ts';
import type { Run } from './run-all.ts';
import { SCENARIOS } from './scenarios/index.ts';

/** What docs/reliability.md shows of docs/reliability.json, docs/soak.json and docs/playlist.json. */
export interface FaultResults {
  readonly command: string;
  readonly date: string;
  readonly machine: string;
  readonly commit: string;
  readonly durations: 'true' | 'short';
  readonly runs: readonly Run[];
}

const DOCS = resolve(import.meta.dirname, '../../docs');
const BEGIN = '<!-- results: written by npm run faults and npm run soak -->';
const END = '<!-- end of results -->';

export async function readResults(): Promise<FaultResults | null> {
  return read<FaultResults>('reliability.json');
}

/** Hours of it, under the names of their files; those not measured left out. */
export async function readSoaks(): Promise<Readonly<Record<string, Soak>>> {
  const found = await Promise.all(
    ['soak', 'playlist'].map(async (name) => [name, await read<Soak>(`${name}.json`)] as const),
  );
  return Object.fromEntries(found.flatMap(([name, soak]) => (soak === null ? [] : [[name, soak]])));
}

/** Writes what stands between the two marks of the page anew; the words around them are people's. */
export async function writeReliability(results?: FaultResults): Promise<void> {
  if (results) await writeFile(join(DOCS, 'reliability.json'), `${JSON.stringify(results, null, 1)}\n`);
  const page = join(DOCS, 'reliability.md');
  await writeFile(page, withResults(await readFile(page, 'utf8'), await readResults(), await readSoaks()));
}

/** The page with what these say between its marks. */
export function withResults(
  page: string,
  results: FaultResults | null,
  measured: Readonly<Record<string, Soak>>,
): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`the page needs the marks ${BEGIN} and ${END}`);
  const sections = [faults(results), ...Object.entries(measured).map(([name, soak]) => hour(name, soak))].filter(
    (section) => section !== '',
  );
  return `${before}${BEGIN}\n\n${sections.join('\n\n')}\n\n${END}${after}`;
}

function faults(results: FaultResults | null): string {
  if (results === null) return '';
  const { runs } = results;
  const rows = SCENARIOS.flatMap((scenario) => {
    const own = runs.filter(({ id }) => id === scenario.id);
    if (own.length === 0) return [];
    const broken = (letter: string) =>
      own.filter((run) => run.violations.some((found) => found.letter === letter)).length;
    const letters = scenario.letters.map((letter) => (broken(letter) === 0 ? letter : `**${letter} ✗**`)).join(' ');
    const also = scenario.also === '' ? '' : broken('+') === 0 ? `✓ ${scenario.also}` : `**✗** ${scenario.also}`;
    const times = own.flatMap(({ recoveriesMs }) => recoveriesMs).toSorted((a, b) => a - b);
    const time =
      times.length === 0 ? '–' : `${seconds(times[Math.floor(times.length / 2)] ?? 0)} · ${seconds(times.at(-1) ?? 0)}`;
    const records = own.reduce((sum, run) => sum + run.records, 0);
    const passed = own.filter(({ violations }) => violations.length === 0).length;
    return [
      `| ${scenario.id} | ${scenario.fault}. *${scenario.how}* | ${passed} of ${own.length} | ${records.toLocaleString('en')} | ${letters} | ${also} | ${time} |`,
    ];
  });
  const failed = runs.filter(({ violations }) => violations.length > 0);
  const seeds = new Set(runs.map(({ seed }) => seed)).size;
  const total = runs.reduce((sum, run) => sum + run.records, 0);
  return [
    '## Results',
    `Measured ${results.date.slice(0, 16).replace('T', ' ')} UTC at commit ${results.commit} with \`${results.command}\` (${results.durations} durations) on ${results.machine}: ` +
      `${runs.length - failed.length} of ${runs.length} runs passed, ${seeds} seeds, ${total.toLocaleString('en')} records.`,
    [
      '| | fault, *and what is done* | runs passed | records | letters | also asked | T: median · longest |',
      '|---|---|---|---|---|---|---|',
      ...rows,
    ].join('\n'),
    failed.length === 0 ? 'Nothing failed.' : ['**What failed**', ...failed.map(failure)].join('\n\n'),
    figures(runs),
  ].join('\n\n');
}

function failure({ id, seed, violations, again }: Run): string {
  const lines = violations.map(({ letter, text }) => `- ${letter}: ${text.split('\n')[0]}`);
  return [`${id}, seed ${seed}; again by \`${again}\`:`, lines.join('\n')].join('\n\n');
}

/** What else was seen, of the seed with the most to tell. */
function figures(runs: readonly Run[]): string {
  const lines = SCENARIOS.flatMap(({ id }) => {
    const own = runs.filter((run) => run.id === id);
    const rss = Math.max(...own.map((run) => Number(run.figures['relay RSS, MB'] ?? 0)));
    const others = Object.entries(own.at(-1)?.figures ?? {}).filter(([name]) => name !== 'relay RSS, MB');
    if (own.length === 0) return [];
    return [`- ${id}: relay at most ${rss} MB${others.map(([name, value]) => `; ${name}: ${value}`).join('')}`];
  });
  return ['What else was seen (the relay’s memory over all seeds, the rest with the last):', lines.join('\n')].join(
    '\n\n',
  );
}

function hour(name: string, found: Soak): string {
  const { samples, shown = 'the shop board' } = found;
  const last = samples.at(-1);
  const missing = samples.reduce((sum, sample) => Math.max(sum, sample.missing ?? 0), 0);
  const rows = SERIES.flatMap((series) => {
    const slope = slopeOf(samples, series);
    return slope === null ? [] : [`| ${series.name} | ${cells(slope, series.unit)} |`];
  });
  return [
    name === 'playlist' ? '## An hour of a playlist' : '## An hour of it',
    `Measured ${found.date.slice(0, 16).replace('T', ' ')} UTC at commit ${found.commit} with \`${found.command}\` on ${found.machine}: ${shown} as a kiosk in Chromium, ` +
      `a real MQTT broker and relay, ${found.eventsPerSecond.toLocaleString('en')} events/s for ${found.minutes} minutes, ${found.events.toLocaleString('en')} in all. ` +
      `Kept were ${found.retention}: the log turned over ${found.logTurnedOver} times. Losses told: ${last?.losses ?? 0}. ` +
      `Events missing between the oldest and the newest row of the tab, at any sample: ${missing}. Engine restarts: ${last?.restarts ?? 0}.`,
    `![what was measured, over time](pictures/${name}.svg)`,
    `After a warm-up of ${Math.round(warmUpMs(samples) / 60_000)} min:`,
    ['| | mean | least | most | slope per hour | of the mean |', '|---|---|---|---|---|---|', ...rows].join('\n'),
  ].join('\n\n');
}

function cells({ mean, least, most, perHour }: Slope, unit: string): string {
  const text = (value: number) => `${Number(value.toPrecision(3))} ${unit}`;
  const share = mean === 0 ? '–' : `${((100 * perHour) / mean).toFixed(1)} %`;
  return [text(mean), text(least), text(most), text(perHour), share].join(' | ');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

async function read<T>(name: string): Promise<T | null> {
  const text = await readFile(join(DOCS, name), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as T);
}
