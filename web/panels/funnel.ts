export interface Funnel {
  readonly first: string;
  readonly last: string;
  /** Share of the first step that reached the last. */
  readonly kept: number;
  /** The step that lost the largest share of those before it; null when none lost any. */
  readonly worst: { readonly from: string; readonly to: string; readonly lost: number } | null;
}

/** What a list in a declared order says as a funnel; null while its first step is empty or it has only one. */
export function funnel(steps: readonly { readonly key: string; readonly value: number | null }[]): Funnel | null {
  const first = steps[0];
  const last = steps.at(-1);
  if (!first || !last || steps.length < 2 || !first.value) return null;
  let worst: Funnel['worst'] = null;
  for (const [index, step] of steps.entries()) {
    const before = steps[index - 1];
    if (!before?.value) continue;
    const lost = 1 - (step.value ?? 0) / before.value;
    if (lost > (worst?.lost ?? 0)) worst = { from: before.key, to: step.key, lost };
  }
  return { first: first.key, last: last.key, kept: (last.value ?? 0) / first.value, worst };
}
