import { expect, onTestFinished, test, vi } from 'vitest';
import { parseOptions } from './options.ts';

test('K13 an origin is taken as browsers name it, and nothing but an origin is', () => {
  const given = ['https://Boards.Example', 'HTTPS://boards.example:443/', 'http://boards.example:8080'];
  expect(parseOptions(given.flatMap((origin) => ['--allow-origin', origin])).allowOrigin).toEqual([
    'https://boards.example',
    'https://boards.example',
    'http://boards.example:8080',
  ]);
  const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => told.mockRestore());
  for (const wrong of ['boards.example', 'ftp://a', 'https://a/path', 'https://user@a', 'https://a?b', '*'])
    expect(() => parseOptions(['--allow-origin', wrong])).toThrow('Expected an origin');
});
