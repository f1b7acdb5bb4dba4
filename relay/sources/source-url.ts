import { withoutUser } from '../../contract/spec/without-user.ts';
import { SIMULATOR_NAMES, type SimulatorName } from '../demo/simulators.ts';

/**
 * What a stream's `source:` may say, read without touching the world:
 *
 *     kafka://host:9092[,host2:9092]/topic      mqtt://[user:password@]host:1883/topic/filter/#
 *     kafka://host:9092/topic,topic             kafka://host:9092/orders-*
 *     file:./events.jsonl                       demo:shop, demo:factory, …
 *
 * What is before an `@` may be a password, and is in no message, however the rest is wrong. (S11)
 */
export type SourceUrl =
  /** `topic`: one, several with commas, or with `*` all that fit. */
  | { readonly kind: 'kafka'; readonly brokers: readonly string[]; readonly topic: string }
  | { readonly kind: 'mqtt'; readonly url: string; readonly filter: string }
  | { readonly kind: 'file'; readonly path: string }
  /** One of `SIMULATORS`. */
  | { readonly kind: 'demo'; readonly name: SimulatorName };

/** One thing wrong with a source URL: what was found, and what would be right. */
export interface SourceUrlProblem {
  readonly found: string;
  readonly expected: string;
}

export type ParsedSourceUrl =
  | { readonly ok: true; readonly url: SourceUrl }
  | { readonly ok: false; readonly problems: readonly SourceUrlProblem[] };

const KAFKA_PORT = 9092;
const MQTT_PORTS = { mqtt: 1883, mqtts: 8883 } as const;
const KAFKA_FORM =
  'kafka://host:9092/topic, kafka://host1:9092,host2:9092/topic, kafka://host:9092/topic,topic or kafka://host:9092/orders-*';
const MQTT_FORM = 'mqtt://host:1883/topic/filter, where the filter may use + and #';

const MQTT_AT = '%40 in place of each @ but the one before the host, and %2F in place of a / in a user or password';
const KAFKA_AT = 'security: { sasl: { mechanism, username, password } }, beside source:';

/** Reads a source URL; every problem in it is told at once. */
export function parseSourceUrl(text: string): ParsedSourceUrl {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(text.trim()) ?? [];
  switch (scheme?.toLowerCase()) {
    case 'kafka':
      return parseKafka(text, rest ?? '');
    case 'mqtt':
      return parseMqtt(text, 'mqtt', rest ?? '');
    case 'mqtts':
      return parseMqtt(text, 'mqtts', rest ?? '');
    case 'file':
      return parseFile(rest ?? '');
    case 'demo':
      return parseDemo(rest ?? '');
    default:
      return refused([unknownKind(text, scheme, rest ?? '')]);
  }
}

/** What begins as no source does: an address, a path, another scheme. */
function unknownKind(url: string, scheme: string | undefined, rest: string): SourceUrlProblem {
  const text = withoutUser(url);
  if (/^\d+(\/|$)/.test(rest))
    return { found: `"${text}", which does not say what is there`, expected: `kafka://${text} or mqtt://${text}` };
  if (/\.(jsonl?|ndjson)$/i.test(text) && !/^\w+:\/\//.test(text))
    return { found: `"${text}", which does not say that it is a file`, expected: `file:${text}` };
  return {
    found: scheme === undefined ? `"${text}", which has no scheme` : `a source of kind "${scheme}"`,
    expected: 'kafka://…, mqtt://…, mqtts://…, file:… or demo:shop',
  };
}

const DEMO_FORM = SIMULATOR_NAMES.map((name) => `demo:${name}`)
  .join(', ')
  .replace(/, ([^,]*)$/, ' or $1');

function parseDemo(rest: string): ParsedSourceUrl {
  const name = SIMULATOR_NAMES.find((one) => one === rest);
  return name === undefined
    ? refused([{ found: `no demo called "${withoutUser(rest)}"`, expected: DEMO_FORM }])
    : { ok: true, url: { kind: 'demo', name } };
}

function parseKafka(text: string, rest: string): ParsedSourceUrl {
  const [, hosts, topic] = /^\/\/([^/]*)\/?(.*)$/.exec(rest) ?? [];
  if (rest.includes('@')) return refused([{ found: 'a user before the hosts', expected: KAFKA_AT }]);
  if (hosts === undefined || topic === undefined) return refused([{ found: `"${text}"`, expected: KAFKA_FORM }]);
  const problems: SourceUrlProblem[] = [];
  const brokers = hosts.split(',').map((host) => readHost(host, KAFKA_PORT, problems));
  const names = topic.split(',');
  if (topic === '') problems.push({ found: 'no topic', expected: KAFKA_FORM });
  else
    for (const name of names) {
      if (!/^[A-Za-z0-9._*-]{1,249}$/.test(name))
        problems.push({
          found: name === '' ? 'an empty name between commas' : `topic "${name}"`,
          expected: 'a topic name of 1 to 249 letters, digits, ".", "_" and "-"; * stands for any part of a name',
        });
    }
  if (new Set(names).size < names.length)
    problems.push({ found: `a topic twice in "${topic}"`, expected: 'each topic once' });
  return problems.length > 0 ? refused(problems) : { ok: true, url: { kind: 'kafka', brokers, topic } };
}

function parseMqtt(text: string, scheme: keyof typeof MQTT_PORTS, rest: string): ParsedSourceUrl {
  // The last one: where a password has others, or a /, nothing of it is taken for the host or the filter.
  const [, user = '', host, written] = /^\/\/([\s\S]*@)?([^/]*)\/?([\s\S]*)$/.exec(rest) ?? [];
  if (host === undefined || written === undefined)
    return refused([{ found: `"${withoutUser(text)}"`, expected: MQTT_FORM }]);
  if (/[/@]/.test(user.slice(0, -1)))
    return refused([{ found: 'an @ that could be of a user, a password or a topic', expected: MQTT_AT }]);
  const filter = written.replaceAll('%40', '@');
  const problems: SourceUrlProblem[] = [];
  const address = readHost(host, MQTT_PORTS[scheme], problems);
  if (filter === '') problems.push({ found: 'no topic filter', expected: `${MQTT_FORM}; all topics are #` });
  else if (!isFilter(filter))
    problems.push({
      found: `topic filter "${filter}"`,
      expected: 'levels between "/", where + stands alone for one level and # alone for the rest, at the end only',
    });
  return problems.length > 0
    ? refused(problems)
    : { ok: true, url: { kind: 'mqtt', url: `${scheme}://${user}${address}`, filter } };
}

/**
 * What decides whether a log of a source that keeps no past goes on: its broker, `mqtt://host:port`, whatever of its topics
 * is read (S10). Null: another kind. It reads what older versions let through too.
 */
export function brokerOf(url: string): string | null {
  const [, scheme, host] = /^(mqtts?):\/\/(?:[^/]*@)?([^/]+)/i.exec(url.trim()) ?? [];
  const known = scheme?.toLowerCase();
  if ((known !== 'mqtt' && known !== 'mqtts') || host === undefined) return null;
  return `${known}://${readHost(host, MQTT_PORTS[known], []).toLowerCase()}`;
}

function parseFile(rest: string): ParsedSourceUrl {
  const path = rest.startsWith('///') ? rest.slice(2) : rest;
  if (path === '' || path.startsWith('//'))
    return refused([
      {
        found: path === '' ? 'no path' : `a host in "${withoutUser(`file:${rest}`)}"`,
        expected: 'file:./events.jsonl or file:/data/events.jsonl',
      },
    ]);
  if (path.includes('*'))
    return refused([{ found: 'a * in the path', expected: 'one file: each is a stream of its own' }]);
  return { ok: true, url: { kind: 'file', path } };
}

/** `host`, `host:port` or `[ipv6]:port` → `host:port`. */
function readHost(text: string, defaultPort: number, problems: SourceUrlProblem[]): string {
  const [, host, port] = /^(\[[0-9a-f:.]+\]|[^:[\]\s]+)(?::(\d+))?$/i.exec(text) ?? [];
  if (host === undefined) {
    problems.push({
      found: text === '' ? 'no host' : `host "${text}"`,
      expected: `a host and port such as localhost:${defaultPort}`,
    });
    return text;
  }
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535))
    problems.push({ found: `port ${port}`, expected: 'a port from 1 to 65535' });
  return `${host}:${port ?? defaultPort}`;
}

function isFilter(filter: string): boolean {
  if (filter.includes('\0') || Buffer.byteLength(filter) > 65_535) return false;
  const levels = filter.split('/');
  return levels.every(
    (level, index) => level === '+' || (level === '#' && index === levels.length - 1) || !/[+#]/.test(level),
  );
}

function refused(problems: readonly SourceUrlProblem[]): ParsedSourceUrl {
  return { ok: false, problems };
}
