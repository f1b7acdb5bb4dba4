import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HighwaterError } from '../../contract/errors.ts';
import { type RunConfig, readConfig, singleStream, streamName, withBoards } from '../config.ts';
import { type Options, usage } from './options.ts';

/** What runs where nothing is chosen, and for each that can be simulated. */
const DEMOS = resolve(import.meta.dirname, '../../boards');

/** The configuration the command line names, or makes. Throws `config_invalid`, or `file_unreadable`. */
export async function configOf(options: Options): Promise<RunConfig> {
  const config = await chosen(options);
  return options.boards.length === 0 ? config : withBoards(config, options.boards);
}

async function chosen(options: Options): Promise<RunConfig> {
  const { kafka, mqtt, topic, file, config, from, delay, speed } = options;
  if (config !== undefined) return withDemo(await readConfig(config), options);
  const time = { delay };
  if (kafka !== undefined) {
    if (topic === undefined) throw usage('--kafka without a topic', 'add --topic name');
    return singleStream(streamName(topic), {
      source: `kafka://${kafka.replace(/^kafka:\/\//, '')}/${topic}`,
      ...(options.given.has('from') && { from }),
      ...(options.since !== undefined && { from: options.since }),
      ...kafkaSecurity(options),
      time,
    });
  }
  if (mqtt !== undefined) {
    if (topic === undefined)
      throw usage('--mqtt without a topic filter', "add --topic 'line/#', or --topic '#' for all");
    const url = /^mqtts?:\/\//.test(mqtt) ? mqtt : `mqtt://${mqtt}`;
    return singleStream(streamName(topic), {
      source: `${url.replace(/\/+$/, '')}/${topic.replaceAll('@', '%40')}`,
      time,
    });
  }
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
    return singleStream(name, { source: `file:${resolve(file)}`, ...(speed !== undefined && { speed }), time });
  }
  return readConfig(join(DEMOS, options.demo === null ? 'demo.yaml' : `demo-${options.demo}.yaml`));
}

/** Options of the demo are for a configuration that has it. (S15) */
function withDemo(config: RunConfig, { given }: Options): RunConfig {
  const unused = Object.entries({ demoRate: '--demo-rate', demoSeed: '--demo-seed' }).filter(([name]) =>
    given.has(name),
  );
  const hasDemo = Object.values(config.streams).some(({ source }) => /^demo:/i.test(source));
  if (hasDemo || unused.length === 0) return config;
  const flags = unused.map(([, flag]) => flag).join(' and ');
  throw usage(
    `${flags} would have no effect here`,
    `leave ${flags} out: no stream of the configuration is simulated (source: demo:shop)`,
  );
}

function kafkaSecurity({ kafkaUser, kafkaPasswordEnv, kafkaMechanism, kafkaCa, kafkaTls }: Options) {
  const tls = kafkaCa === undefined ? (kafkaTls ? {} : undefined) : { ca: resolve(kafkaCa) };
  const password = `env:${kafkaPasswordEnv}`;
  const sasl = kafkaUser === undefined ? undefined : { mechanism: kafkaMechanism, username: kafkaUser, password };
  return tls === undefined && sasl === undefined ? {} : { security: { ...(tls && { tls }), ...(sasl && { sasl }) } };
}
