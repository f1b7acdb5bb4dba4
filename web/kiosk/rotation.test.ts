import { expect, test } from 'vitest';
import { handClock } from '../../tests/support/hand-clock.ts';
import { createRotation } from './rotation.ts';

function wall(boards: string[], everyMs = 10_000) {
  const clock = handClock();
  const state = { boards, shown: null as string | null, prepared: null as string | null, ready: true, log: '' };
  const rotation = createRotation({
    clock,
    boards: () => state.boards,
    everyMs: () => everyMs,
    shown: () => state.shown,
    show(board) {
      // What was not prepared would flash empty.
      state.log += `${board}${state.log === '' || state.prepared === board ? '' : '!'} `;
      state.shown = board;
    },
    prepare(board) {
      state.prepared = board;
    },
    isReady: () => state.ready,
  });
  return { clock, state, rotation };
}

test('boards are shown in turn, each prepared a moment before', () => {
  const { clock, state } = wall(['a', 'b', 'c']);
  clock.pass(8_499);
  expect([state.shown, state.prepared]).toEqual(['a', null]);
  clock.pass(1);
  expect([state.shown, state.prepared]).toEqual(['a', 'b']);
  clock.pass(1_500);
  expect([state.shown, state.prepared]).toEqual(['b', null]);
  for (let turn = 0; turn < 3; turn++) {
    clock.pass(8_500);
    clock.pass(1_500);
  }
  expect(state.log).toBe('a b c a b ');
});

test('one that is not ready is waited for, but not for ever', () => {
  const { clock, state } = wall(['a', 'b']);
  state.ready = false;
  clock.pass(8_500);
  clock.pass(1_500);
  clock.pass(2_000);
  expect(state.shown).toBe('a');
  state.ready = true;
  clock.pass(50);
  expect(state.shown).toBe('b');
  state.ready = false;
  clock.pass(8_500);
  clock.pass(1_500);
  clock.pass(3_000);
  expect(state.shown).toBe('a');
});

test('by hand at once, both ways round; paused only by hand', () => {
  const { clock, state, rotation } = wall(['a', 'b', 'c']);
  rotation.step(-1);
  rotation.step(1);
  rotation.step(1);
  expect(state.log).toBe('a c a b ');
  rotation.setPaused(true);
  clock.pass(100_000);
  expect(state.shown).toBe('b');
  rotation.step(1);
  clock.pass(100_000);
  expect(state.shown).toBe('c');
  rotation.setPaused(false);
  clock.pass(8_500);
  clock.pass(1_500);
  expect(state.shown).toBe('a');
});

test('a board that has gone is skipped, one that is shown too; one that comes is shown in its turn', () => {
  const { clock, state, rotation } = wall(['a', 'b', 'c', 'd']);
  rotation.step(1);
  state.boards = ['a', 'c', 'd'];
  rotation.changed();
  expect(state.shown).toBe('c');
  state.boards = ['a', 'x', 'c', 'd'];
  rotation.changed();
  clock.pass(8_500);
  expect(state.prepared).toBe('d');
  // Gone while it was prepared.
  state.boards = ['a', 'x', 'c'];
  clock.pass(1_500);
  clock.pass(8_500);
  clock.pass(1_500);
  expect(state.shown).toBe('a');
  state.boards = [];
  rotation.changed();
  clock.pass(60_000);
  state.boards = ['z'];
  rotation.changed();
  expect(state.shown).toBe('z');
  clock.pass(60_000);
  expect(state.prepared).toBeNull();
});
