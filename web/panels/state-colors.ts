import type { Color } from '../../contract/spec/panels/parts.ts';
import { COLORS } from '../charts/colors.ts';

/**
 * The colour of a state that nothing is said of. `named` gives a name's colour on the board, which is remembered; numbers
 * are without end, so that theirs follows from themselves: whole ones that are neighbours differ.
 */
export function ownColor(state: string | number, named: (name: string) => Color): Color {
  if (typeof state === 'string') return named(state);
  return Number.isFinite(state) ? (((Math.floor(state) % COLORS) + COLORS) % COLORS) + 1 : 1;
}
