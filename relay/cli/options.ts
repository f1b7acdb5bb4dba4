import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { HighwaterError } from '../../contract/errors.ts';
import { parseDurationUs } from '../../contract/spec/duration.ts';
import { SIMULATOR_NAMES, type SimulatorName } from '../demo/simulators.ts';
import { sinceText } from '../sources/start-from.ts';

const { version: VERSION } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

/** The relay's command line. */
export interface Options {
  readonly kafka?: string;
  readonly mqtt?: string;
  readonly topic?: string;
  readonly file?: string;
  readonly speed?: number | 'max';
  readonly config?: string;
  readonly boards: readonly string[];
  readonly port: number;
  readonly host: string;
  readonly allowHost: readonly string[];
  readonly allowOrigin: readonly string[];
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
  readonly maxTabs: number;
  readonly build: boolean;
  readonly logLevel: string;
  /** Null: all that can be simulated. */
  readonly demo: SimulatorName | null;
  /** Of all simulated streams together; null: each as many as it usually has. */
  readonly demoRate: number | null;
  readonly demoSeed: number;
  /** Names of those that were written, and are not what they are when left out. */
  readonly given: ReadonlySet<string>;
}

/** Throws what commander throws, for `--help` too, and `config_invalid` with every option that would do nothing. */
export function parseOptions(argv: readonly string[]): Options {
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
  const origin = (text: string, before: readonly string[]) => {
    const url = URL.parse(text);
    // Browsers name origins in small letters, without a usual port.
    if (url === null || !/^https?:$/.test(url.protocol) || `${url.origin}/` !== url.href)
      throw new InvalidArgumentError('Expected an origin such as https://boards.example, without a path.');
    return [...before, url.origin];
  };
  const repeated = (text: string, before: readonly string[]) => [...before, text];
  const speed = (text: string) => (text === 'max' ? 'max' : number(0.001, 1e6, false)(text));
  const command = new Command('highwater')
    .description('Live BI in a browser tab. With no option: a shop, a factory, a warehouse and hospitals, simulated.')
    .version(VERSION)
    .option('--kafka <brokers>', 'read Kafka topics: host:9092[,host2:9092]')
    .option('--mqtt <url>', 'read MQTT topics: mqtt://[user:password@]host:1883')
    .option('--topic <topic>', 'the Kafka topic, a,b or orders-*; or the MQTT topic filter')
    .option('--file <path>', 'replay a file of JSON lines')
    .option('--config <file>', 'streams, windows and boards of your own')
    .option(
      '--boards <files...>',
      "board files instead of those there would be; in quotes, as 'boards/*.yaml', new ones are found too",
      repeated,
      [],
    )
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
    .option(
      '--allow-origin <origin>',
      'a page of another host may read this relay: https://boards.example; may be repeated',
      origin,
      [],
    )
    .option('--heartbeat <ms>', 'silence of three of these is a lost connection', number(100, 60_000, true), 15_000)
    .option(
      '--max-tabs <n>',
      'so many tabs are served at a time; others are told when to come back',
      number(1, 1e6, true),
      5_000,
    )
    .option('--build', 'build the page first where it is older than its sources, as npm start does', false)
    .addOption(
      new Option('--log-level <level>', 'of the structured logs on stderr')
        .choices(['debug', 'info', 'warn', 'error', 'silent'])
        .default('info'),
    )
    .addOption(new Option('--demo <name>', 'simulate only this').choices(SIMULATOR_NAMES))
    .option(
      '--demo-rate <n>',
      'events per second of all that is simulated, around this time of day',
      number(0.1, 100_000, false),
    )
    .option('--demo-seed <n>', 'the same seed simulates the same', number(0, Number.MAX_SAFE_INTEGER, true), 1)
    .allowExcessArguments()
    .exitOverride();
  command.parse([...argv], { from: 'user' });
  const values = command.opts<
    Omit<Options, 'given' | 'demo' | 'demoRate'> & Partial<Pick<Options, 'demo' | 'demoRate'>>
  >();
  refuseStray(command, argv);
  const given = new Set(Object.keys(values).filter((name) => command.getOptionValueSource(name) === 'cli'));
  const options = { ...values, demo: values.demo ?? null, demoRate: values.demoRate ?? null, given };
  refuseUnused(options);
  return options;
}

/** An option that took the next one for its value, and words that belong to none. */
function refuseStray(command: Command, argv: readonly string[]): void {
  for (const option of command.options) {
    const value: unknown = command.getOptionValue(option.attributeName());
    if (typeof value === 'string' && value.startsWith('--') && argv.includes(value))
      throw usage(`${option.long} without a value: ${value} follows it`, `write its value after ${option.long}`);
  }
  if (command.args.length === 0) return;
  throw usage(
    `found ${command.args.join(' ')}, which belongs to no option`,
    'write npm start -- --option value: without the -- npm takes the options for itself; npm start -- --help lists them',
  );
}

const FOR_DEMO = 'it is for simulated streams';
const FOR_KAFKA = 'it is for --kafka; with --config, write it in the file';

/** An option that the chosen source does not know would change nothing, which nobody would notice. (S15) */
function refuseUnused(options: Options): void {
  const { kafka, mqtt, file, config } = options;
  const chosen = Object.entries({ kafka, mqtt, file, config }).filter(([, value]) => value !== undefined);
  if (chosen.length > 1)
    throw usage(
      `${chosen.map(([name]) => `--${name}`).join(' and ')} do not go together`,
      'choose one; --config takes any number of streams',
    );
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
      [
        'delay',
        '--delay',
        !demo && config === undefined,
        demo ? 'simulated streams have their own' : 'with --config, write time: { delay: 10s } in the file',
      ],
      ['boards', '--boards', config === undefined, 'with --config, write boards: in the file'],
      ['demo', '--demo', demo, config === undefined ? FOR_DEMO : 'with --config, write source: demo:shop in the file'],
      ['demoRate', '--demo-rate', demo || config !== undefined, FOR_DEMO],
      ['demoSeed', '--demo-seed', demo || config !== undefined, FOR_DEMO],
      [
        'topic',
        '--topic',
        kafka !== undefined || mqtt !== undefined,
        'say where it is: --kafka localhost:9092 or --mqtt',
      ],
    ] as const
  ).filter(([name, , used]) => !used && options.given.has(name));
  if (unused.length === 0) return;
  throw usage(
    `${unused.map(([, flag]) => flag).join(' and ')} would have no effect here`,
    unused.map(([, flag, , why]) => `leave ${flag} out: ${why}`).join('\n  '),
  );
}

export function usage(message: string, fix: string): HighwaterError {
  return new HighwaterError('config_invalid', message, fix);
}
