/** Shares of a whole, around a circle from its top. */
export interface Slice {
  /** Null: all others together. */
  readonly key: string | null;
  readonly value: number;
  /** Of the whole, 0 to 1, and where it begins. */
  readonly part: number;
  readonly from: number;
}

/** Values of 0 and below have no share: a circle cannot show them. */
export function slices(
  rows: readonly { readonly key: string; readonly value: number | null }[],
  rest: number | null,
): { readonly slices: readonly Slice[]; readonly total: number; readonly negative: number } {
  const shown = rows.filter(({ value }) => (value ?? 0) > 0);
  const others = rest !== null && rest > 0 ? rest : 0;
  const total = shown.reduce((sum, { value }) => sum + (value ?? 0), others);
  const found: Slice[] = [];
  let from = 0;
  const add = (key: string | null, value: number) => {
    const part = value / total;
    found.push({ key, value, part, from });
    from += part;
  };
  for (const { key, value } of shown) add(key, value ?? 0);
  if (others > 0) add(null, others);
  return { slices: found, total, negative: rows.filter(({ value }) => (value ?? 0) < 0).length };
}
