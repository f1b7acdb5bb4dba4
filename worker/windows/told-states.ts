export type State = string | number;

/** A state and for how long it was told, [fromUs, untilUs). */
export interface Told {
  readonly fromUs: number;
  readonly untilUs: number;
  readonly state: State;
  /** A window of it was changed after it was final. */
  readonly revised: boolean;
}

/**
 * States as they follow each other, ascending by start, those that are the same and touch as one. With `heldUntilUs` each
 * lasts until the next begins, and the last until then.
 *
 *     told      │ run │ run │     │ stop │     │ run │
 *     joined    ├── run ────┤     ├ stop ┤     ├ run ┤
 *     held      ├── run ──────────┼ stop ──────┼ run ──┤ heldUntilUs
 */
export function joined(told: readonly Told[], heldUntilUs: number | null): Told[] {
  const found: Told[] = [];
  for (const [index, one] of told.entries()) {
    const nextUs = told[index + 1]?.fromUs ?? heldUntilUs ?? one.untilUs;
    const last = found.at(-1);
    const fromUs = Math.max(one.fromUs, last?.untilUs ?? one.fromUs);
    const untilUs = heldUntilUs === null ? one.untilUs : Math.max(nextUs, fromUs);
    if (untilUs <= fromUs) continue;
    if (last !== undefined && last.state === one.state && last.untilUs === fromUs)
      found[found.length - 1] = { ...last, untilUs, revised: last.revised || one.revised };
    else found.push({ fromUs, untilUs, state: one.state, revised: one.revised });
  }
  return found;
}

/**
 * What can be seen of them at so much time a pixel: neighbours shorter than that are one, of the state that lasts longest
 * among them. What is a pixel or longer, and the newest, stay as they are.
 */
export function reduced(stretches: readonly Told[], pixelUs: number): Told[] {
  const found: Told[] = [];
  let short: Told[] = [];
  const flush = () => {
    if (short.length > 0) found.push(mergeShort(short));
    short = [];
  };
  for (const [index, one] of stretches.entries()) {
    if (index === stretches.length - 1 || one.untilUs - one.fromUs >= pixelUs) {
      flush();
      found.push(one);
      continue;
    }
    const [first] = short;
    if (first !== undefined && one.untilUs - first.fromUs > pixelUs) flush();
    short.push(one);
  }
  flush();
  return found;
}

function mergeShort(short: readonly Told[]): Told {
  const [first] = short as readonly [Told, ...Told[]];
  const lengths = new Map<State, number>();
  for (const { state, fromUs, untilUs } of short) lengths.set(state, (lengths.get(state) ?? 0) + untilUs - fromUs);
  let state = first.state;
  for (const [one, lengthUs] of lengths) if (lengthUs > (lengths.get(state) ?? 0)) state = one;
  return {
    fromUs: first.fromUs,
    untilUs: short.at(-1)?.untilUs ?? first.untilUs,
    state,
    revised: short.some(({ revised }) => revised),
  };
}
