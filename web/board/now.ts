import { type Accessor, createSignal, onCleanup } from 'solid-js';
import type { Clock } from '../../contract/clock.ts';

/** The wall clock in whole seconds, as a signal. */
export function createNow(clock: Clock): Accessor<number> {
  const [now, setNow] = createSignal(clock.nowMs());
  let cancel = () => {};
  const tick = () => {
    setNow(clock.nowMs());
    cancel = clock.after(1000 - (clock.nowMs() % 1000), tick);
  };
  tick();
  onCleanup(() => cancel());
  return now;
}
