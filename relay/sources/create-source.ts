import { isAbsolute, resolve } from 'node:path';
import type { Clock } from '../../contract/clock.ts';
import { HighwaterError } from '../../contract/errors.ts';
import type { SecuritySpec } from '../../contract/spec/stream.ts';
import { withoutUser } from '../../contract/spec/without-user.ts';
import type { DemoOptions } from '../demo/start-demo.ts';
import { createDemoSource } from './demo.ts';
import { createFileSource } from './file.ts';
import { createKafkaSource } from './kafka.ts';
import { createMqttSource } from './mqtt.ts';
import { readSecurity } from './security.ts';
import type { Source, SourceMemory } from './source.ts';
import { parseSourceUrl } from './source-url.ts';

/** What sources need from the process around them. */
export interface SourceDeps {
  readonly clock: Clock;
  /** This run of the relay: the epoch of sources that have no past and no memory (MQTT, the demo). */
  readonly run: string;
  /** What the source keeps beside the stream's log. Left out or null: nothing outlives the relay. */
  readonly memory?: SourceMemory | null;
  /** How the source is reached and who asks. */
  readonly security?: SecuritySpec | undefined;
  /** Folder that relative paths start from: that of the configuration, else the working directory. */
  readonly baseDir: string;
  /** Settings of `demo:` streams. */
  readonly demo: Pick<DemoOptions, 'seed' | 'rate' | 'backfillMinutes'>;
}

/**
 * The source a stream names. Nothing is opened before `read`. A `file:` stream with a speed other than `max` is paced by
 * whoever shapes its records (`createPacer` in pace.ts): only there is event time known.
 * Throws `config_invalid` on a URL that `parseSourceUrl` refuses, and on security that cannot be had.
 */
export function createSource(sourceUrl: string, deps: SourceDeps): Source {
  const parsed = parseSourceUrl(sourceUrl);
  if (!parsed.ok) {
    const [first] = parsed.problems;
    throw new HighwaterError(
      'config_invalid',
      `source "${withoutUser(sourceUrl)}": found ${parsed.problems.map((problem) => problem.found).join('; and ')}`,
      `write ${first?.expected ?? 'a source URL'}`,
    );
  }
  const { url } = parsed;
  const { clock, run, memory = null } = deps;
  const security = readSecurity(deps.security, { kind: url.kind, baseDir: deps.baseDir, env: process.env });
  switch (url.kind) {
    case 'kafka':
      return createKafkaSource({ brokers: url.brokers, topic: url.topic, security, clock, run, memory });
    case 'mqtt':
      return createMqttSource({
        url: url.url,
        filter: url.filter,
        epoch: run,
        clock,
        memory,
        ...(security.tls === null ? {} : { tls: security.tls }),
      });
    case 'file':
      return createFileSource({ path: isAbsolute(url.path) ? url.path : resolve(deps.baseDir, url.path), clock });
    case 'demo':
      return createDemoSource({ ...deps.demo, name: url.name, epoch: deps.run, clock: deps.clock });
  }
}
