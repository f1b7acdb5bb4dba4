import { expect, test } from 'vitest';
import { relayUrl } from './relay-url.ts';

const at = (search: string, pathname = '/') =>
  relayUrl({ protocol: 'https:', host: 'boards.example', pathname, search });

test('the relay is what served the page, unless the address names another', () => {
  expect(at('?board=shop')).toEqual({
    base: 'https://boards.example',
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
  expect(at('?relay=plant:8787')).toMatchObject({ base: 'http://plant:8787' });
});

test('K11 a page in a folder asks there; a relay elsewhere may be in one too', () => {
  expect(at('', '/tools/highwater/')).toMatchObject({
    base: 'https://boards.example/tools/highwater',
    socketUrl: 'wss://boards.example/tools/highwater/socket',
    isElsewhere: false,
  });
  expect(at('', '/tools/index.html').versionUrl).toBe('https://boards.example/tools/version');
  expect(at('?relay=https://plant/line-4/', '/tools/')).toMatchObject({
    streamUrl: 'https://plant/line-4/stream',
    isElsewhere: true,
  });
});

test.each(['', 'javascript:alert(1)', 'file:///etc/passwd', 'ftp://plant', 'http://'])('%j names no relay', (named) => {
  expect(at(`?relay=${encodeURIComponent(named)}`).isElsewhere).toBe(false);
});
