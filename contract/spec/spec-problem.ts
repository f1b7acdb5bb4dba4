/** A problem in a part of a spec: `path` within the spec, and what would be right. */
export interface SpecProblem {
  readonly path: readonly (string | number)[];
  readonly found: string;
  readonly expected: string;
}
