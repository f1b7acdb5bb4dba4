import { expect, test, vi } from 'vitest';
import { handClock } from '../../tests/support/hand-clock.ts';
import { createReloads } from './reloads.ts';

function wall({ allow = true, answers = [true] as boolean[] } = {}) {
  const clock = handClock();
  const tell = vi.fn();
  const reload = vi.fn(async () => {});
  const serves = vi.fn(async () => answers.shift() ?? true);
  const reloads = createReloads({ clock, guard: { allow: () => allow }, serves, reload, tell });
  return { clock, tell, reload, serves, reloads };
}
const turns = async () => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
};

test('at its time, and not before what serves it answers', async () => {
  const { clock, tell, reload, reloads } = wall({ answers: [false, false, true] });
  reloads.at(clock.nowMs() + 30_000);
  // Another time was asked for.
  reloads.at(clock.nowMs() + 60_000);
  clock.pass(59_999);
  await turns();
  expect(tell).not.toHaveBeenCalled();
  clock.pass(1);
  await turns();
  clock.pass(15_000);
  await turns();
  expect(tell).toHaveBeenCalledTimes(2);
  expect(reload).not.toHaveBeenCalled();
  clock.pass(15_000);
  await turns();
  expect(reload).toHaveBeenCalledTimes(1);
});

test('for a reason once, and not where it has not helped', async () => {
  const one = wall();
  one.reloads.because('newer');
  one.reloads.because('newer');
  await turns();
  expect(one.reload).toHaveBeenCalledTimes(1);
  const often = wall({ allow: false });
  often.reloads.because('a newer page is served');
  await turns();
  expect(often.reload).not.toHaveBeenCalled();
  expect(often.tell.mock.calls).toEqual([[expect.stringMatching(/^a newer page is served: .* still so$/)]]);
});

test('closed, it does nothing more', async () => {
  const { clock, reload, reloads, serves } = wall();
  reloads.at(clock.nowMs() + 1000);
  reloads.close();
  clock.pass(2000);
  reloads.because('newer');
  await turns();
  expect(serves).not.toHaveBeenCalled();
  expect(reload).not.toHaveBeenCalled();
});
