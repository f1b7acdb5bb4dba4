import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { CommanderError } from 'commander';
import { type Logger, pino } from 'pino';
import { systemClock } from '../contract/clock.ts';
import { ERRORS, HighwaterError } from '../contract/errors.ts';
import type { StreamSchema } from '../contract/protocol/down.ts';
import { changesTold } from './boards/changes-told.ts';
import { LiveBoards } from './boards/live-boards.ts';
import { watchFolder } from './boards/watch-folder.ts';
import { configOf } from './cli/config-of.ts';
import { parseOptions } from './cli/options.ts';
import { openDataFolder } from './data-folder.ts';
import { demoRate } from './demo-rate.ts';
import { buildPage, builtPage } from './page.ts';
import type { Relay } from './relay.ts';

/** The process: options, start, words for people on stdout, structured logs on stderr, a clean stop. */
const ROOT = resolve(import.meta.dirname, '..');

async function main(argv: readonly string[]): Promise<void> {
  const options = parseOptions(argv);
  const log: Logger = pino({ level: options.logLevel, base: null }, pino.destination({ dest: 2, sync: true }));
  const config = await configOf(options);
  // Loaded when the command line is good: what is wrong with it is told at once.
  const [{ isKeptOnDisk, startRelay }, { createSource }] = await Promise.all([
    import('./relay.ts'),
    import('./sources/create-source.ts'),
  ]);
  if (options.build) await buildPage(ROOT);
  const pageDir = builtPage(ROOT);

  const isKept = options.data !== 'none' && Object.values(config.streams).some(isKeptOnDisk);
  const data = isKept ? await openDataFolder(options.data, { clock: systemClock, lost: fail }) : null;
  const run = randomUUID();
  const deps = { clock: systemClock, run, baseDir: config.baseDir };
  const demoOf = (source: string) => ({
    seed: options.demoSeed,
    ...demoRate(source, config, options.demoRate),
  });
  const described = new Set<string>();
  let stopped = false;
  const relay = await startRelay({
    ...config,
    clock: systemClock,
    run,
    host: options.host,
    allowHosts: options.allowHost,
    allowOrigins: options.allowOrigin,
    port: options.port,
    heartbeatMs: options.heartbeat,
    maxSessions: options.maxTabs,
    pageDir,
    data,
    sourceOf: (spec, memory) =>
      createSource(spec.source, { ...deps, demo: demoOf(spec.source), memory, security: spec.security }),
    onSchema: (schema) => {
      log.info({ stream: schema.stream, version: schema.version, fields: schema.fields.length }, 'schema');
      if (!described.has(schema.stream)) say(describeSchema(schema));
      described.add(schema.stream);
    },
    onDamage: (stream, { segment, at, bytes }) =>
      log.warn({ stream, segment, at, bytes }, 'damaged on the disk: what could not be read is left out'),
    onLeft: (stream, reason) => {
      log.warn({ stream, reason }, 'log left');
      say(`  ${bold(stream)} begins a new log: ${reason}`);
    },
    onFailure: (stream, error) => {
      log.error({ stream, error: messageOf(error) }, 'stream failed');
      process.stderr.write(`${describeError(error, `${stream}: `)}\n`);
      // With nothing left to read there is nothing to serve.
      if (Object.keys(config.streams).length === 1 && relay?.feeds.get(stream)?.opened == null) stop(exitOf(error));
    },
  });

  say(`\n  Highwater is at ${bold(`http://${shownHost(options.host)}:${relay.port}`)}\n`);
  for (const feed of relay.feeds.values()) say(`  ${bold(feed.name)} reads ${feed.label}`);
  if (!isKept && options.data !== 'none' && options.given.has('data'))
    say(`  --data ${options.data} is not used: what is played at a pace, as what is simulated, is in memory only`);
  watchStates(relay, log);

  const live = new LiveBoards({
    started: config,
    clock: systemClock,
    watchFolder,
    failed: (error) => log.error({ error: messageOf(error) }, 'reading boards again'),
    show(now, before) {
      relay.show(now);
      for (const line of changesTold(now, before)) say(`  ${line}`);
      log.info(
        { boards: Object.keys(now.boards ?? {}), problems: now.problems.flatMap(({ lines }) => lines) },
        'boards',
      );
    },
  });

  function stop(exitCode: number): void {
    if (stopped) return;
    stopped = true;
    live.close();
    const forced = setTimeout(() => process.exit(exitCode), 1_500);
    relay.close().then(
      async () => {
        await data?.release();
        process.exit(exitCode);
      },
      (error: unknown) => {
        log.error({ error: messageOf(error) }, 'stop');
        clearTimeout(forced);
        process.exit(1);
      },
    );
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      log.info({ signal }, 'stopping');
      stop(0);
    });
}

/** Tells a person what a source meets, each thing once. */
function watchStates(relay: Relay, log: Logger): void {
  const told = new Map<string, string>();
  const inTrouble = new Set<string>();
  const look = (): void => {
    for (const feed of relay.feeds.values()) {
      const { state, message, fix } = feed.state;
      const now = `${state} ${message}`;
      if (told.get(feed.name) === now) continue;
      told.set(feed.name, now);
      log.info({ stream: feed.name, state, message, fix }, 'source');
      if (message !== null && state !== 'ended') {
        inTrouble.add(feed.name);
        say(`  ${bold(feed.name)} ${message}${fix === null ? '' : `\n    ${fix}`}`);
      } else if (state === 'live' && inTrouble.delete(feed.name)) say(`  ${bold(feed.name)} goes on`);
    }
    systemClock.after(250, look);
  };
  look();
}

function describeSchema(schema: StreamSchema): string {
  const fields = schema.fields.map((field) => `${field.name} ${field.type}`).join(', ');
  const time =
    schema.timeField === '_event_time'
      ? 'no time field: the time of arrival counts'
      : `event time is ${schema.timeField}`;
  return `  ${bold(schema.stream)} has ${fields}\n    ${time}`;
}

function describeError(error: unknown, prefix = ''): string {
  if (error instanceof HighwaterError) return `${prefix}${error.message}\n  ${error.fix}`;
  return `${prefix}${messageOf(error)}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function exitOf(error: unknown): number {
  return error instanceof HighwaterError ? ERRORS[error.code].exit : 1;
}

function shownHost(host: string): string {
  if (host === '127.0.0.1' || host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

function bold(text: string): string {
  return process.stdout.isTTY ? `\u001b[1m${text}\u001b[0m` : text;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(error: unknown): never {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  process.stderr.write(`${describeError(error)}\n`);
  process.exit(exitOf(error));
}

main(process.argv.slice(2)).catch(fail);
