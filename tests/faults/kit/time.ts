export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks until the answer is not null, or the time is over: then null. */
export async function within<T>(
  timeoutMs: number,
  look: () => Promise<T | null> | T | null,
  everyMs = 25,
): Promise<T | null> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() > deadline) return null;
    await sleep(everyMs);
  }
}
