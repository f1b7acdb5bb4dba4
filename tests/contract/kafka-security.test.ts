import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { systemClock as clock } from '../../contract/clock.ts';
import type { SecuritySpec } from '../../contract/spec/stream.ts';
import { createSource } from '../../relay/sources/create-source.ts';
import { atLeast, type Following, follow, stateOf, valuesOf } from '../support/follow.ts';
import { type KafkaBroker, startKafkaBroker } from '../support/kafka-broker.ts';
import { makeCertificate } from '../support/kafka-node.ts';

/** A broker that speaks TLS and asks who it is: what it takes to read it, and what is said where that is wrong. */
const USER = 'reader';
let broker: KafkaBroker;
let at: { readonly address: string; readonly tlsAddress: string; readonly ca: string };
let folder: string;
beforeAll(async () => {
  broker = await startKafkaBroker({ users: { [USER]: 'secret-of-tests' } });
  if (broker.secure === null) throw new Error('the broker has no TLS');
  at = broker.secure;
  await broker.createTopic('secured');
  await broker.produce('secured', [{ value: 'a' }]);
  folder = await mkdtemp(join(tmpdir(), 'highwater-security-'));
  await makeCertificate(folder);
  process.env.HIGHWATER_TEST_PASSWORD = 'secret-of-tests';
});
afterAll(async () => {
  delete process.env.HIGHWATER_TEST_PASSWORD;
  await rm(folder, { recursive: true });
  await broker.stop();
});

const followed: Following[] = [];
afterEach(async () => {
  await Promise.allSettled(followed.splice(0).map((following) => following.stop()));
});
function reading(address: string, security: SecuritySpec | undefined): Following {
  const deps = { clock, run: 'r', baseDir: folder, demo: { seed: 1 }, security };
  const following = follow(createSource(`kafka://${address}/secured`, deps), 'earliest');
  followed.push(following);
  return following;
}
const sasl = (change: Partial<NonNullable<SecuritySpec['sasl']>> = {}) => ({
  mechanism: 'scram-sha-512' as const,
  username: USER,
  password: 'env:HIGHWATER_TEST_PASSWORD',
  ...change,
});

test.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('S11 TLS with a user by %s', async (mechanism) => {
  const following = reading(at.address, { tls: { ca: at.ca }, sasl: sasl({ mechanism }) });
  expect(valuesOf(await following.until(atLeast(1)))).toEqual(['a']);
});

test('S11 TLS without a user, by name as by address', async () => {
  const byName = at.tlsAddress.replace('127.0.0.1', 'localhost');
  for (const address of [at.tlsAddress, byName]) {
    const following = reading(address, { tls: { ca: at.ca } });
    expect(valuesOf(await following.until(atLeast(1)))).toEqual(['a']);
  }
});

test.each([
  ['a wrong password', { password: 'wr0ng-secret' }, 'due to invalid credentials with SASL mechanism SCRAM-SHA-512'],
  ['a user there is not', { username: 'nobody' }, 'due to invalid credentials with SASL mechanism SCRAM-SHA-512'],
  ['a wrong password, plain', { mechanism: 'plain', password: 'wr0ng-secret' }, 'Invalid username or password'],
] as const)('S11 %s is told, and what to correct', async (_, change, why) => {
  const following = reading(at.address, { tls: { ca: at.ca }, sasl: sasl(change) });
  const state = await following.until(stateOf('failed'));
  expect(state.message).toMatch(
    new RegExp(`^Kafka at ${at.address} refuses this user: Authentication failed.*${why}$`),
  );
  expect(state.fix).toContain('correct user, password or mechanism');
  expect(JSON.stringify(following.events)).not.toMatch(/wr0ng-secret|secret-of-tests/);
});

test('S11 a certificate of nobody trusted is told, with the file to give', async () => {
  for (const tls of [{}, { ca: 'broker.pem' }]) {
    const state = await reading(at.tlsAddress, { tls }).until(stateOf('failed'));
    expect(state.message).toMatch(/shows a certificate that is not trusted: .*self[- ]signed certificate/);
    expect(state.fix).toContain('ca: ca.pem');
  }
});

test('S11 no TLS where it is spoken, and TLS where it is not, are told', async () => {
  expect(await reading(at.tlsAddress, undefined).until(stateOf('failed'))).toMatchObject({
    message: `Kafka at ${at.tlsAddress} speaks TLS`,
    fix: expect.stringContaining('security: { tls: {} }'),
  });
  expect(await reading(broker.address, { tls: { ca: at.ca } }).until(stateOf('failed'))).toMatchObject({
    message: `Kafka at ${broker.address} does not speak TLS on this port`,
  });
});

test('S11 no user where one is wanted is told', async () => {
  const state = await reading(at.address, { tls: { ca: at.ca } }).until(stateOf('failed'));
  expect(state.message).toContain('closes the connection');
  expect(state.fix).toContain('sasl');
});

test('S11 what cannot be had is told before anything is opened, all of it', () => {
  const spec = { tls: { ca: 'missing.pem', cert: 'c.pem' }, sasl: sasl({ password: 'env:NOT_SET_ANYWHERE' }) };
  expect(() => reading(at.address, spec)).toThrow(
    expect.objectContaining({
      code: 'config_invalid',
      message: expect.stringMatching(/missing\.pem[\s\S]*NOT_SET_ANYWHERE|cert and key[\s\S]*missing\.pem/),
    }),
  );
});
