import { afterEach, expect, test, vi } from 'vitest';
import { openInTab } from './in-tab.ts';

class FakeWorker extends EventTarget {
  static newest: FakeWorker;
  readonly sent: unknown[] = [];
  constructor() {
    super();
    FakeWorker.newest = this;
  }
  postMessage(message: unknown): void {
    this.sent.push(message);
  }
  terminate(): void {}
}

afterEach(() => vi.unstubAllGlobals());

test('S14 a relay of the tab whose script does not come, or that fails, says so and what to do', () => {
  vi.stubGlobal('Worker', FakeWorker);
  const told = vi.fn();
  const files = [new File(['{}'], 'one.jsonl')];
  openInTab({ files, speed: 10 }, told);
  expect(FakeWorker.newest.sent).toEqual([{ kind: 'files', files, speed: 10 }]);
  FakeWorker.newest.dispatchEvent(new Event('error'));
  expect(told).toHaveBeenLastCalledWith({
    message: expect.stringContaining('could not be loaded'),
    fix: expect.stringContaining('try again'),
  });
  FakeWorker.newest.dispatchEvent(Object.assign(new Event('error'), { message: 'x is not a function' }));
  expect(told).toHaveBeenLastCalledWith({
    message: expect.stringContaining('x is not a function'),
    fix: expect.stringContaining('--file'),
  });
});
