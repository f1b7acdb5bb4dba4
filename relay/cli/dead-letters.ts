import { access } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import type { Clock } from '../../contract/clock.ts';
import type { ReplayResult } from '../../contract/dead-letters.ts';
import { HighwaterError } from '../../contract/errors.ts';
import { parseDurationUs } from '../../contract/spec/duration.ts';
import type { LetterFilter } from '../dead-letters/search.ts';
import { folderAccess, type LetterAccess } from './letter-access.ts';
import { relayAccess } from './letter-relay.ts';

/**
 * `highwater dead-letters list | search | show | download | replay | drop`: in the data folder of a relay that is
 * stopped, or, with --relay, at one that runs. Reading is possible in the folder of one that runs, too.
 */
export interface LettersHost {
  readonly clock: Clock;
  readonly print: (text: string) => void;
}

interface Given {
  readonly data: string;
  readonly relay?: string;
  readonly stream?: string;
  readonly config?: string;
  readonly text?: string;
  readonly kind?: string;
  readonly field?: string;
  readonly topic?: string;
  readonly partition?: number;
  readonly since?: number;
  readonly until?: number;
  readonly id?: readonly number[];
  readonly state?: 'waiting' | 'replayed' | 'all';
  readonly limit: number;
  readonly dryRun?: boolean;
  readonly all?: boolean;
}

export function addDeadLetters(program: Command, host: LettersHost): void {
  const letters = program
    .command('dead-letters')
    .description('records that could not become rows: see, search, replay');
  const command = (name: string, description: string): Command =>
    letters
      .command(name)
      .description(description)
      .option('--data <folder>', 'the relay’s data folder', '.highwater')
      .option('--relay <url>', 'a relay that runs, instead: http://localhost:8787')
      .option('--stream <name>', 'left out: the only one');
  const filtered = (made: Command): Command =>
    made
      .option('--text <text>', 'in the reason, key, headers or value, without regard to case')
      .option('--field <name>', 'the field that could not take its value')
      .option('--kind <kind>', 'a kind as list prints it')
      .option('--topic <topic>', 'of this topic')
      .option('--partition <n>', 'of this partition', whole)
      .option('--since <when>', 'rejected since then: 2h, or 2026-11-22T10:00:00Z', (text) => timeMs(text, host.clock))
      .option('--until <when>', 'rejected before then', (text) => timeMs(text, host.clock))
      .option('--id <n>', 'this letter; may be repeated', (text, before: number[] = []) => [...before, whole(text)]);

  command('list', 'how many there are, by kind').action((_options, made: Command) => list(made, host));
  filtered(command('search [text]', 'letters one by one, the newest first'))
    .option('--state <state>', 'waiting, replayed or all', state, 'waiting')
    .option('--limit <n>', 'at most so many', whole, 50)
    .action((text: string | undefined, _options, made: Command) => search(made, host, text));
  command('show <id>', 'one letter, whole').action((id: string, _options, made: Command) =>
    show(made, host, whole(id)),
  );
  filtered(command('download', 'JSON lines on stdout, each with the raw value'))
    .option('--state <state>', 'waiting, replayed or all', state, 'waiting')
    .action((_options, made: Command) => download(made, host));
  filtered(command('replay', 'those that are rows by now become rows of the stream, each at most once'))
    .option('--config <file>', 'the mended configuration; left out: highwater.yaml')
    .option('--dry-run', 'say how many would be rows, and change nothing')
    .action((_options, made: Command) => replay(made, host));
  filtered(command('drop', 'letters that are not wanted any more'))
    .option('--all', 'every one of the stream')
    .action((_options, made: Command) => drop(made, host));
}

async function list(command: Command, host: LettersHost): Promise<void> {
  const given = command.opts<Given>();
  const letters = await accessOf(given, host);
  const streams = given.stream === undefined ? await letters.streams() : [given.stream];
  if (streams.length === 0) host.print('no stream has dead letters here');
  for (const stream of streams) {
    const { count, letGo, groups } = await letters.summary(stream);
    const gone = letGo > 0 ? `, ${letGo} of them let go for newer ones` : '';
    host.print(`${stream}: ${count} ${count === 1 ? 'dead letter' : 'dead letters'}${gone}`);
    for (const group of groups)
      host.print(`  ${String(group.count).padStart(8)}  ${group.kind}  (newest ${isoTime(group.newestMs)})`);
  }
}

async function search(command: Command, host: LettersHost, text: string | undefined): Promise<void> {
  const given = command.opts<Given>();
  const letters = await accessOf(given, host);
  const stream = await streamOf(letters, given);
  const filter = filterOf({ ...given, ...(text !== undefined && { text }) });
  for await (const { id, atMs, topic, partition, offset, reason, start } of letters.find(stream, filter, given.limit))
    host.print(`${id}  ${isoTime(atMs)}  ${topic} ${partition}:${offset}  ${reason}\n    ${start}`);
}

async function show(command: Command, host: LettersHost, id: number): Promise<void> {
  const given = command.opts<Given>();
  const letters = await accessOf(given, host);
  const stream = await streamOf(letters, given);
  const letter = await letters.show(stream, id);
  if (letter === null)
    throw new HighwaterError('file_unreadable', `${stream} has no letter ${id}`, 'see dead-letters search');
  const { text, headers, ...rest } = letter;
  const shown = { stream, ...rest, atMs: isoTime(rest.atMs), timestampMs: isoTime(rest.timestampMs) };
  for (const [name, value] of Object.entries(shown))
    if (name !== 'start' && value !== null) host.print(`${LABELS[name] ?? name}: ${value}`);
  for (const [name, value] of headers) host.print(`header ${name}: ${value}`);
  host.print(`\n${text}${letter.whole ? '' : `\n(the start of ${letter.bytes} bytes: the rest was not kept)`}`);
}

const LABELS: Readonly<Record<string, string>> = { atMs: 'rejected', timestampMs: 'time' };

async function download(command: Command, host: LettersHost): Promise<void> {
  const given = command.opts<Given>();
  const letters = await accessOf(given, host);
  const stream = await streamOf(letters, given);
  let rest = '';
  for await (const piece of letters.download(stream, filterOf(given))) {
    const lines = `${rest}${piece}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) host.print(line);
  }
}

async function replay(command: Command, host: LettersHost): Promise<void> {
  const given = command.opts<Given>();
  const letters = await accessOf(given, host);
  const stream = await streamOf(letters, given);
  const result = await letters.replay(stream, filterOf(given), given.dryRun ?? false);
  host.print(`${stream}: ${replayText(result, given.dryRun ?? false)}`);
  for (const { kind, reason, count } of result.refused) host.print(`  ${count} × ${kind}, as: ${reason}`);
}

function replayText({ letters, rows, partial }: ReplayResult, dryRun: boolean): string {
  const now = dryRun ? 'would be rows' : rows === 1 ? 'is a row now' : 'are rows now';
  const cut = partial > 0 ? `; of ${partial} only the start was kept` : '';
  return `${rows} of ${letters} ${now}${cut}`;
}

async function drop(command: Command, host: LettersHost): Promise<void> {
  const given = command.opts<Given>();
  const filter = filterOf(given);
  if (given.all !== true && Object.values(filter).every((value) => value === undefined))
    throw new HighwaterError(
      'config_invalid',
      'nothing says which letters to drop',
      'add --field, --text, …, or --all',
    );
  const letters = await accessOf(given, host);
  const stream = await streamOf(letters, given);
  host.print(`${stream}: ${await letters.drop(stream, filter)} dropped`);
}

async function accessOf({ relay, data, config }: Given, { clock }: LettersHost): Promise<LetterAccess> {
  if (relay !== undefined && config !== undefined)
    throw new HighwaterError(
      'config_invalid',
      '--relay and --config do not go together',
      'a relay that runs replays by its own configuration: start it with the mended one',
    );
  if (relay !== undefined) return relayAccess(relay);
  const found = config ?? ((await isThere(DEFAULT_CONFIG)) ? DEFAULT_CONFIG : null);
  return folderAccess({ data, config: found, clock });
}

const DEFAULT_CONFIG = 'highwater.yaml';

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function streamOf(letters: LetterAccess, { stream }: Given): Promise<string> {
  if (stream !== undefined) return stream;
  const streams = await letters.streams();
  const [only] = streams;
  if (streams.length === 1 && only !== undefined) return only;
  throw new HighwaterError(
    'config_invalid',
    `there are ${streams.length} streams`,
    `name one: --stream ${streams.join(' | ')}`,
  );
}

function filterOf({ text, kind, field, topic, partition, since, until, id, state: wanted }: Given): LetterFilter {
  const states = wanted === undefined || wanted === 'waiting' ? {} : { state: wanted };
  return { text, kind, field, topic, partition, sinceMs: since, untilMs: until, ids: id, ...states };
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('Expected a whole number.');
  return value;
}

function state(text: string): string {
  if (!['waiting', 'replayed', 'all'].includes(text))
    throw new InvalidArgumentError('Expected waiting, replayed or all.');
  return text;
}

function timeMs(text: string, clock: Clock): number {
  const agoUs = parseDurationUs(text);
  const ms = agoUs === null ? Date.parse(text) : clock.nowMs() - agoUs / 1000;
  if (Number.isNaN(ms))
    throw new InvalidArgumentError('Expected a duration such as 2h, or a time such as 2026-11-22T10:00:00Z.');
  return ms;
}

function isoTime(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);
}
