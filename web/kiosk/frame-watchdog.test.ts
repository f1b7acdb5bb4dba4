import { expect, test, vi } from 'vitest';
import { handClock } from '../../tests/support/hand-clock.ts';
import { watchFrames } from './frame-watchdog.ts';

function page() {
  const clock = handClock();
  const state = { frames: true, visible: true, flowing: true };
  const onStuck = vi.fn();
  const dog = watchFrames({
    clock,
    requestFrame: (run) => void (state.frames && run()),
    visible: () => state.visible,
    flowing: () => state.flowing,
    onStuck,
  });
  const ticks = (count: number) => {
    for (let tick = 0; tick < count; tick++) clock.pass(5_000);
  };
  return { state, dog, onStuck, ticks, clock };
}

test('a page that draws is left alone, and one that has nothing to draw', () => {
  const { state, dog, onStuck, ticks, clock } = page();
  for (let minute = 0; minute < 5; minute++) {
    ticks(11);
    dog.drew();
  }
  state.flowing = false;
  ticks(100);
  state.flowing = true;
  state.visible = false;
  state.frames = false;
  ticks(100);
  // The computer slept for a day.
  state.visible = true;
  clock.pass(86_400_000);
  ticks(5);
  expect(onStuck).not.toHaveBeenCalled();
});

test('no frame for a minute, or frames without a picture while rows come, is told once', () => {
  const frozen = page();
  frozen.ticks(1);
  frozen.state.frames = false;
  frozen.ticks(30);
  expect(frozen.onStuck.mock.calls).toEqual([[expect.stringContaining('no frame')]]);
  const blank = page();
  blank.ticks(30);
  expect(blank.onStuck).not.toHaveBeenCalled();
  blank.dog.drew();
  blank.ticks(30);
  expect(blank.onStuck.mock.calls).toEqual([[expect.stringContaining('nothing was drawn')]]);
});
