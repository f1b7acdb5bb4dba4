import { expect, test } from 'vitest';
import { relayUrl } from './relay-url.ts';

const at = (search: string) => relayUrl({ protocol: 'https:', host: 'boards.example', search });

test('the relay is what served the page, unless the address names another', () => {
  expect(at('?board=shop')).toEqual({
    origin: 'https://boards.example',
    socketUrl: 'wss://boards.example/socket',
    streamUrl: 'https://boards.example/stream',
    versionUrl: 'https://boards.example/version',
    isElsewhere: false,
  });
  expect(at('?relay=http://plant:8787/')).toMatchObject({ socketUrl: 'ws://plant:8787/socket', isElsewhere: true });
  expect(at('?relay=wss://plant')).toMatchObject({
    streamUrl: 'https://plant/stream',
    socketUrl: 'wss://plant/socket',
  });
  expect(at('?relay=plant:8787')).toMatchObject({ origin: 'http://plant:8787' });
});

test.each(['', 'javascript:alert(1)', 'file:///etc/passwd', 'ftp://plant', 'http://'])('%j names no relay', (named) => {
  expect(at(`?relay=${encodeURIComponent(named)}`).isElsewhere).toBe(false);
});
