const UNIT_BYTES = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 } as const;
const PATTERN = /^(\d+(?:\.\d+)?)\s*(B|[KMG]B|[KMG]iB)$/;

/** `512MiB`, `1.5 GB`, `100KB` → whole bytes; null when the text is not a size. */
export function parseByteSize(text: string): number | null {
  const match = PATTERN.exec(text.trim());
  if (!match) return null;
  const bytes = Math.round(Number(match[1]) * UNIT_BYTES[match[2] as keyof typeof UNIT_BYTES]);
  return Number.isSafeInteger(bytes) ? bytes : null;
}
