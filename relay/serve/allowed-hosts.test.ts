import { expect, test } from 'vitest';
import { isAllowedHost } from './allowed-hosts.ts';

const machine = 'Workshop';

test.each([
  ['127.0.0.1', ['localhost', 'LOCALHOST:8787', '127.0.0.1:1', '[::1]:8787', 'bi.example:443']],
  ['::1', ['localhost:8787', '[::1]']],
  ['0.0.0.0', ['localhost:8787', '192.168.1.7:8787', '[fe80::1]:8787', 'workshop', 'WORKSHOP:8787', 'bi.example']],
  ['bi-server', ['bi-server:8787', '10.0.0.1']],
])('bound to %s, the relay answers to %j', (bound, hosts) => {
  for (const host of hosts)
    expect([host, isAllowedHost(host, { bound, machine, names: ['BI.example'] })]).toEqual([host, true]);
});

test.each([
  [
    '127.0.0.1',
    ['evil.example:8787', '192.168.1.7', 'workshop', 'localhost.evil.example', 'a@localhost', '', undefined],
  ],
  ['0.0.0.0', ['evil.example:8787', 'workshop.evil.example', '1.2.3.4.evil.example', '[evil]', undefined]],
])('bound to %s, the relay does not answer to %j', (bound, hosts) => {
  for (const host of hosts) expect([host, isAllowedHost(host, { bound, machine, names: [] })]).toEqual([host, false]);
});
