type Reviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;
const parse: (text: string, reviver: Reviver) => unknown = JSON.parse;

/** A JSON text's value; whole numbers beyond ±2^53 are bigint. */
export function parseExactly(text: string): unknown {
  return parse(text, (_, value, context) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
    const { source } = context ?? {};
    return source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
  });
}
