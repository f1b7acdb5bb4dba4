import { afterEach, expect, test, vi } from 'vitest';
import type { InTabMessage } from '../../contract/in-tab.ts';
import { openInTab } from './in-tab.ts';

class FakeWorker extends EventTarget {
  static newest: FakeWorker;
  readonly sent: InTabMessage[] = [];
  constructor() {
    super();
    FakeWorker.newest = this;
  }
  postMessage(message: InTabMessage): void {
    this.sent.push(message);
  }
  terminate(): void {}
}

afterEach(() => vi.unstubAllGlobals());

test('S14 a relay of the tab whose script does not come, or that fails, says so and what to do', () => {
  vi.stubGlobal('Worker', FakeWorker);
  const told = vi.fn();
  const files = [new File(['{}'], 'one.jsonl')];
  openInTab({ kind: 'files', files, speed: 10 }, told);
  expect(FakeWorker.newest.sent).toEqual([{ kind: 'files', files, speed: 10 }]);
  FakeWorker.newest.dispatchEvent(new Event('error'));
  expect(told).toHaveBeenLastCalledWith({
    message: expect.stringContaining('could not be loaded'),
    fix: expect.stringContaining('try again'),
    what: 'The files are not read',
  });
  FakeWorker.newest.dispatchEvent(Object.assign(new Event('error'), { message: 'x is not a function' }));
  expect(told).toHaveBeenLastCalledWith({
    message: expect.stringContaining('x is not a function'),
    fix: expect.stringContaining('--file'),
    what: 'The files are not read on',
  });
});

test('S14 letters that cannot be read, or of which nobody answers any more, are told with the reason', async () => {
  vi.stubGlobal('Worker', FakeWorker);
  const inTab = openInTab({ kind: 'files', files: [], speed: 'max' }, () => {});
  const answer = (content: unknown) => {
    const asked = FakeWorker.newest.sent.at(-1);
    if (asked && 'port' in asked) asked.port.postMessage(content);
  };
  const read = inTab.letters();
  answer({ told: { streams: [] } });
  expect(await read).toEqual({ streams: [] });
  const broken = inTab.letterLines('s');
  answer({ failed: 'a letter is not as it was written' });
  await expect(broken).rejects.toThrow('a letter is not as it was written');
  const unanswered = inTab.letters();
  FakeWorker.newest.dispatchEvent(new Event('error'));
  await expect(unanswered).rejects.toThrow('could not be loaded');
  // Nor is it asked any more.
  const before = FakeWorker.newest.sent.length;
  await expect(inTab.letters()).rejects.toThrow('could not be loaded');
  expect(FakeWorker.newest.sent).toHaveLength(before);
});
