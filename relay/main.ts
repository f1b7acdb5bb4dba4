import { randomUUID } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type Logger, pino } from 'pino';
import { systemClock } from '../contract/clock.ts';
import { ERRORS, HighwaterError } from '../contract/errors.ts';
import type { StreamSchema } from '../contract/protocol/down.ts';
import { parseDurationUs } from '../contract/spec/duration.ts';
import { type RunConfig, readConfig, singleStream, streamName } from './config.ts';
import { openDataFolder } from './data-folder.ts';
import { isKeptOnDisk, type Relay, startRelay } from './relay.ts';
import { createSource } from './sources/create-source.ts';
import { sinceText } from './sources/start-from.ts';

/** The process: options, start, words for people on stdout, structured logs on stderr, a clean stop. */
interface Options {
  readonly kafka?: string;
  readonly mqtt?: string;
  readonly topic?: string;
  readonly file?: string;
  readonly speed?: number | 'max';
  readonly config?: string;
  readonly port: number;
  readonly host: string;
  readonly allowHost: readonly string[];
  readonly from: 'earliest' | 'latest';
  readonly since?: string;
  readonly kafkaUser?: string;
  readonly kafkaPasswordEnv: string;
  readonly kafkaMechanism: string;
  readonly kafkaCa?: string;
  readonly kafkaTls?: boolean;
  readonly delay: string;
  readonly data: string;
  readonly heartbeat: number;
  readonly logLevel: string;
  readonly demoRate: number;
  readonly demoSeed: number;
}

const ROOT = resolve(import.meta.dirname, '..');

async function main(argv: readonly string[]): Promise<void> {
  const options = parseOptions(argv);
  const log: Logger = pino({ level: options.logLevel, base: null }, pino.destination({ dest: 2, sync: true }));
  const config = await configOf(options);
  const pageDir = join(ROOT, 'dist');
  await access(join(pageDir, 'index.html')).catch((cause: unknown) => {
    throw new HighwaterError(
      'page_not_built',
      `the page is not built: ${pageDir} has no index.html`,
      'start with npm start, or run npm run build first',
      { cause },
    );
  });

  const isKept = options.data !== 'none' && Object.values(config.streams).some(isKeptOnDisk);
  const data = isKept ? await openDataFolder(options.data) : null;
  const run = randomUUID();
  const { demoSeed: seed, demoRate: rate } = options;
  const deps = { clock: systemClock, run, baseDir: config.baseDir, demo: { seed, rate } };
  const described = new Set<string>();
  let stopped = false;
  const relay = await startRelay({
    ...config,
    clock: systemClock,
    run,
    host: options.host,
    allowHosts: options.allowHost,
    port: options.port,
    heartbeatMs: options.heartbeat,
    pageDir,
    data,
    sourceOf: (spec, memory) => createSource(spec.source, { ...deps, memory, security: spec.security }),
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
  watchStates(relay, log);

  function stop(exitCode: number): void {
    if (stopped) return;
    stopped = true;
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

function parseOptions(argv: readonly string[]): Options {
  const duration = (text: string): string => {
    if (parseDurationUs(text) === null) throw new InvalidArgumentError('Expected a duration such as 10s or 1m.');
    return text;
  };
  const since = (text: string): string => {
    const when = sinceText(text);
    if (when === null) throw new InvalidArgumentError('Expected 2h, or a time such as 2026-11-22T10:00:00Z.');
    return when;
  };
  const number = (least: number, most: number, whole: boolean) => (text: string) => {
    const value = Number(text);
    if (!(value >= least && value <= most) || (whole && !Number.isInteger(value)))
      throw new InvalidArgumentError(`Expected a ${whole ? 'whole ' : ''}number from ${least} to ${most}.`);
    return value;
  };
  const repeated = (text: string, before: readonly string[]) => [...before, text];
  const speed = (text: string) => (text === 'max' ? 'max' : number(0.001, 1e6, false)(text));
  const command = new Command('highwater')
    .description('Live BI in a browser tab. With no option: a simulated shop.')
    .option('--kafka <brokers>', 'read Kafka topics: host:9092[,host2:9092]')
    .option('--mqtt <url>', 'read MQTT topics: mqtt://[user:password@]host:1883')
    .option('--topic <topic>', 'the Kafka topic, a,b or orders-*; or the MQTT topic filter')
    .option('--file <path>', 'replay a file of JSON lines')
    .option('--config <file>', 'streams, windows and boards of your own')
    .option('--speed <n>', 'with --file: this many times as fast as it happened, or max', speed)
    .addOption(
      new Option('--from <where>', 'with --kafka: where to begin').choices(['earliest', 'latest']).default('earliest'),
    )
    .option('--since <when>', 'with --kafka: begin so long ago (2h), or at a time (2026-11-22T10:00:00Z)', since)
    .option('--kafka-user <name>', 'the user to be at Kafka; its password is in the environment')
    .option('--kafka-password-env <name>', 'the environment variable with the password', 'KAFKA_PASSWORD')
    .addOption(
      new Option('--kafka-mechanism <how>', 'how the user is proved')
        .choices(['plain', 'scram-sha-256', 'scram-sha-512'])
        .default('scram-sha-512'),
    )
    .option('--kafka-tls', 'speak TLS with Kafka, trusting the authorities the system trusts')
    .option('--kafka-ca <file>', 'speak TLS with Kafka, trusting the certificates in this file')
    .option('--delay <duration>', 'how far the watermark trails the newest event time', duration, '10s')
    .option('--data <folder>', 'where streams are kept over restarts, or none: in memory only', '.highwater')
    .option('--port <port>', 'the port to serve at', number(0, 65_535, true), 8787)
    .option('--host <host>', 'the address to serve at', '127.0.0.1')
    .option('--allow-host <name>', 'a name the page is opened by, behind a proxy say; may be repeated', repeated, [])
    .option('--heartbeat <ms>', 'silence of three of these is a lost connection', number(100, 60_000, true), 15_000)
    .addOption(
      new Option('--log-level <level>', 'of the structured logs on stderr')
        .choices(['debug', 'info', 'warn', 'error', 'silent'])
        .default('info'),
    )
    .option('--demo-rate <n>', 'events per second of the simulated shop', number(0.1, 100_000, false), 100)
    .option('--demo-seed <n>', 'the same seed makes the same shop', number(0, Number.MAX_SAFE_INTEGER, true), 1)
    .allowExcessArguments(false)
    .exitOverride();
  command.parse([...argv], { from: 'user' });
  const options = command.opts<Options>();
  const given = (name: string) => command.getOptionValueSource(name) === 'cli';
  refuseUnused(options, given);
  return options;
}

const FOR_KAFKA = 'it is for --kafka; with --config, write it in the file';

/** An option that the chosen source does not know would change nothing, which nobody would notice. */
function refuseUnused(options: Options, given: (name: keyof Options) => boolean): void {
  const { kafka, mqtt, file, config } = options;
  const demo = kafka === undefined && mqtt === undefined && file === undefined && config === undefined;
  const unused = (
    [
      ['speed', '--speed', file !== undefined, 'it is for --file'],
      [
        'from',
        '--from',
        kafka !== undefined && options.since === undefined,
        kafka === undefined ? FOR_KAFKA : 'there is --since',
      ],
      ['since', '--since', kafka !== undefined, FOR_KAFKA],
      ['kafkaUser', '--kafka-user', kafka !== undefined, FOR_KAFKA],
      ['kafkaPasswordEnv', '--kafka-password-env', options.kafkaUser !== undefined, 'there is no --kafka-user'],
      ['kafkaMechanism', '--kafka-mechanism', options.kafkaUser !== undefined, 'there is no --kafka-user'],
      ['kafkaTls', '--kafka-tls', kafka !== undefined, FOR_KAFKA],
      ['kafkaCa', '--kafka-ca', kafka !== undefined, FOR_KAFKA],
      ['delay', '--delay', !demo && config === undefined, 'with --config, write time: { delay: 10s } in the file'],
      ['demoRate', '--demo-rate', demo || config !== undefined, 'it is for the simulated shop'],
      ['demoSeed', '--demo-seed', demo || config !== undefined, 'it is for the simulated shop'],
      ['topic', '--topic', config === undefined && file === undefined, 'it is for --kafka and --mqtt'],
    ] as const
  ).filter(([name, , used]) => !used && given(name));
  if (unused.length === 0) return;
  throw usage(
    `${unused.map(([, flag]) => flag).join(' and ')} would have no effect here`,
    unused.map(([, flag, , why]) => `leave ${flag} out: ${why}`).join('\n  '),
  );
}

async function configOf(options: Options): Promise<RunConfig> {
  const { kafka, mqtt, topic, file, config, from, delay, speed = 'max' } = options;
  const chosen = Object.entries({ kafka, mqtt, file, config }).filter(([, value]) => value !== undefined);
  if (chosen.length > 1)
    throw usage(
      `${chosen.map(([name]) => `--${name}`).join(' and ')} do not go together`,
      'choose one; --config takes any number of streams',
    );
  if (config !== undefined) return readConfig(config);
  const time = { delay };
  if (kafka !== undefined) {
    if (topic === undefined) throw usage('--kafka without a topic', 'add --topic name');
    return singleStream(streamName(topic), {
      source: `kafka://${kafka.replace(/^kafka:\/\//, '')}/${topic}`,
      from: options.since ?? from,
      ...kafkaSecurity(options),
      time,
    });
  }
  if (mqtt !== undefined) {
    if (topic === undefined)
      throw usage('--mqtt without a topic filter', "add --topic 'line/#', or --topic '#' for all");
    const url = /^mqtts?:\/\//.test(mqtt) ? mqtt : `mqtt://${mqtt}`;
    return singleStream(streamName(topic), { source: `${url.replace(/\/+$/, '')}/${topic}`, time });
  }
  if (topic !== undefined)
    throw usage('--topic without --kafka or --mqtt', 'say where the topic is: --kafka localhost:9092');
  if (file !== undefined) {
    await access(resolve(file)).catch((cause: unknown) => {
      throw new HighwaterError(
        'file_unreadable',
        `${file} cannot be read`,
        'check the path; it starts at the working directory',
        { cause },
      );
    });
    const name = streamName(file.replace(/^.*[/\\]/, '').replace(/\.[^.]*$/, ''));
    return singleStream(name, { source: `file:${resolve(file)}`, speed, time });
  }
  return readConfig(join(ROOT, 'boards', 'demo-shop.yaml'));
}

function kafkaSecurity({ kafkaUser, kafkaPasswordEnv, kafkaMechanism, kafkaCa, kafkaTls }: Options) {
  const tls = kafkaCa === undefined ? (kafkaTls ? {} : undefined) : { ca: resolve(kafkaCa) };
  const password = `env:${kafkaPasswordEnv}`;
  const sasl = kafkaUser === undefined ? undefined : { mechanism: kafkaMechanism, username: kafkaUser, password };
  return tls === undefined && sasl === undefined ? {} : { security: { ...(tls && { tls }), ...(sasl && { sasl }) } };
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

function usage(message: string, fix: string): HighwaterError {
  return new HighwaterError('config_invalid', message, fix);
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

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  process.stderr.write(`${describeError(error)}\n`);
  process.exit(exitOf(error));
});
