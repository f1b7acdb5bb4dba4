/** What is expected when one of these names is: the one that was meant, or some of them. */
export function oneOf(names: readonly string[], found: string, what: string, most = 12): string {
  const close = nearest(found, names);
  if (close !== null) return `${what}; did you mean ${close}?`;
  return names.length === 0
    ? `${what}, and there is none`
    : `${what}: ${names.slice(0, most).join(', ')}${names.length > most ? ', …' : ''}`;
}

/** The name at most two letters away (a third of it for short ones); null when none is. */
export function nearest(found: string, names: readonly string[]): string | null {
  const wanted = found.toLowerCase();
  const near = names
    .filter((name) => Math.abs(name.length - found.length) <= 2)
    .map((name) => ({ name, distance: editDistance(wanted, name.toLowerCase()) }))
    .filter(({ name, distance }) => distance < name.length && distance <= Math.min(2, Math.ceil(name.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.name ?? null;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}
