import type { Letter } from '../oracle.ts';
import type { World } from './world.ts';

/** One row of the fault matrix. */
export interface Scenario {
  /** F1 … F23. */
  readonly id: string;
  readonly fault: string;
  /** What is done, and how it is chosen by the seed. */
  readonly how: string;
  /** What it must pass; what is asked beyond the letters is in `also`. */
  readonly letters: readonly Letter[];
  readonly also: string;
  /** It needs the machine for itself: many processes. */
  readonly alone?: boolean;
  run(world: World, seed: number): Promise<Result>;
}

export interface Result {
  readonly records: number;
  /** Empty: passed. `+` is what `also` asks. */
  readonly violations: readonly { readonly letter: Letter | '+'; readonly text: string }[];
  /** From the end of a fault until a tab holds a record written after it, each time and tab. */
  readonly recoveriesMs: readonly number[];
  /** What else was seen. */
  readonly figures: Readonly<Record<string, number | string>>;
}
