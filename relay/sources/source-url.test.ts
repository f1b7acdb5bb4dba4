import { expect, test } from 'vitest';
import { systemClock } from '../../contract/clock.ts';
import { HighwaterError } from '../../contract/errors.ts';
import { loadConfig } from '../../contract/spec/load.ts';
import { checkSourceAt } from './check-source.ts';
import { createSource } from './create-source.ts';
import { brokerOf, parseSourceUrl } from './source-url.ts';

test.each([
  ['kafka://localhost:9092/user_events', { kind: 'kafka', brokers: ['localhost:9092'], topic: 'user_events' }],
  ['kafka://a,b:9093/x.y-z_1', { kind: 'kafka', brokers: ['a:9092', 'b:9093'], topic: 'x.y-z_1' }],
  ['kafka://[::1]:9092/t', { kind: 'kafka', brokers: ['[::1]:9092'], topic: 't' }],
  ['kafka://h/a,b', { kind: 'kafka', brokers: ['h:9092'], topic: 'a,b' }],
  ['kafka://h/orders-*', { kind: 'kafka', brokers: ['h:9092'], topic: 'orders-*' }],
  ['mqtt://plant/line/#', { kind: 'mqtt', url: 'mqtt://plant:1883', filter: 'line/#' }],
  ['mqtt://h:1884/shop/+/events', { kind: 'mqtt', url: 'mqtt://h:1884', filter: 'shop/+/events' }],
  ['mqtts://me:p%40ss@h/#', { kind: 'mqtt', url: 'mqtts://me:p%40ss@h:8883', filter: '#' }],
  ['mqtt://h//leading/slash', { kind: 'mqtt', url: 'mqtt://h:1883', filter: '/leading/slash' }],
  ['mqtt://me:pa#s?s@h/users/%40me', { kind: 'mqtt', url: 'mqtt://me:pa#s?s@h:1883', filter: 'users/@me' }],
  ['file:./events.jsonl', { kind: 'file', path: './events.jsonl' }],
  ['file:///data/events.jsonl', { kind: 'file', path: '/data/events.jsonl' }],
  ['demo:shop', { kind: 'demo', name: 'shop' }],
  ['demo:factory', { kind: 'demo', name: 'factory' }],
])('%s', (text, url) => {
  expect(parseSourceUrl(text)).toEqual({ ok: true, url });
});

test.each([
  ['localhost:9092/x', ['"localhost:9092/x", which does not say what is there']],
  ['events.jsonl', ['"events.jsonl", which does not say that it is a file']],
  ['http://x/y', ['a source of kind "http"']],
  ['kafka://localhost:9092', ['no topic']],
  ['kafka://:99999/a b', ['host ":99999"', 'topic "a b"']],
  ['kafka://h/a,,b', ['an empty name between commas']],
  ['kafka://h/a,b,a', ['a topic twice in "a,b,a"']],
  ['kafka://a:0,b:70000/t', ['port 0', 'port 70000']],
  ['kafka:localhost/x', ['"kafka:localhost/x"']],
  ['mqtt://h', ['no topic filter']],
  ['mqtt://h/a/#/b', ['topic filter "a/#/b"']],
  ['mqtt:///a#', ['no host', 'topic filter "a#"']],
  ['file:', ['no path']],
  ['file://host/x', ['a host in "file://host/x"']],
  ['demo:bank', ['no demo called "bank"']],
])('%s is refused with everything that is wrong', (text, found) => {
  const parsed = parseSourceUrl(text);
  expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.found)).toEqual(found);
});

test('a source of a wrong URL is a configuration error with what would be right', () => {
  const deps = { clock: systemClock, run: 'r', baseDir: '.', demo: { seed: 1 } };
  expect(() => createSource('kafka://localhost', deps)).toThrow(
    expect.objectContaining({
      code: 'config_invalid',
      message: 'source "kafka://localhost": found no topic',
      fix: expect.stringMatching(/^write kafka:\/\/host:9092\/topic, /),
    }),
  );
});

test.each([
  ['mqtt://plant/line/#', 'mqtt://plant:1883'],
  ['MQTT://Plant:1883/line/+', 'mqtt://plant:1883'],
  [' mqtt://me:p%40ss@plant/other', 'mqtt://plant:1883'],
  ['mqtt://plant/users/a@b', 'mqtt://plant:1883'],
  ['mqtts://plant/line/#', 'mqtts://plant:8883'],
  ['mqtt://[::1]/line', 'mqtt://[::1]:1883'],
  ['kafka://plant:1883/line', null],
  ['file:./mqtt', null],
])('S10 the broker of %s is %s', (source, broker) => {
  expect(brokerOf(source)).toBe(broker);
});

test.each([
  'mqtt://me:p@ssw0rd@broker:1883/a/#',
  'mqtt://me:pa/ssw0rd@broker:1883/a/#',
  'mqtt://me:p@/ssw0rd@broker/a',
  'mqtt://me:1883/ssw0rd@broker/a',
  'mqtts://me:ssw0rd@broker:none/a',
  'mqtt://me:ssw0rd@broker/a#',
  'mqtt://me:ssw0rd@',
  'mqtt:/me:ssw0rd@broker/a',
  'mqtt:me:ssw0rd@broker/a',
  'mqqt://me:ssw0rd@broker/a',
  'me:ssw0rd@broker:1883/a',
  'me:1883/ssw0rd@broker:1883/a',
  '1me:ssw0rd@broker:1883/a',
  'me:ssw0rd@broker/a.jsonl',
  'kafka://me:ssw0rd@broker:9092/t',
  'kafka://me:1/ssw0rd@broker:9092/t',
  'kafka:/me:ssw0rd@broker/t',
  'file://me:ssw0rd@broker/x',
  'demo:me:ssw0rd@broker',
])('S11 what is wrong with %s is told without what is before the @', (source) => {
  const parsed = parseSourceUrl(source);
  expect(parsed.ok).toBe(false);
  const deps = { clock: systemClock, run: 'r', baseDir: '.', demo: { seed: 1 } };
  const thrown = told(() => createSource(source, deps));
  const loaded = loadConfig(`streams:\n  line: { source: "${source}" }\n`, checkSourceAt({ baseDir: '.', env: {} }));
  expect(loaded).toHaveProperty('problems');
  expect(JSON.stringify([parsed, thrown, loaded])).not.toMatch(/ssw0rd|\bme:/);
});

test.each([
  'streams: mqtt://me:ssw0rd@broker/a',
  'streams: { line: mqtt://me:ssw0rd@broker/a }',
  'streams: { line: "source:mqtt://me:ssw0rd@broker/a" }',
  'streams: { line: { source: kafka://h/t, security: { sasl: { mechanism: plain, username: me, password: [ssw0rd] } } } }',
  'streams: { line: { source: kafka://h/t, security: { sasl: { mechanism: plain, username: a, password: 550123 } } } }',
])('S11 no secret of a configuration is in what is wrong with it: %s', (text) => {
  const loaded = loadConfig(text, checkSourceAt({ baseDir: '.', env: {} }));
  expect(loaded).toHaveProperty('problems');
  expect(JSON.stringify(loaded)).not.toMatch(/ssw0rd|550123|\bme:/);
});

test('a user that is no percent-encoded text is refused', () => {
  const check = checkSourceAt({ baseDir: '.', env: {} });
  expect(check('mqtt://me:%ff@h/a', {})).toEqual([
    { found: 'a % in the user or password', expected: '%25 in its place' },
  ]);
  expect(check('mqtt://me:5%@h/a', {})).toHaveLength(1);
  expect(check('mqtt://me:%25@h/a', {})).toEqual([]);
});

function told(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error instanceof HighwaterError ? [error.message, error.fix] : error;
  }
}
