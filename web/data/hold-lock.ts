/** Waits for a Web Lock and holds it until the signal is aborted, or this page is gone. `held` is called when it is ours. */
export function holdLock(name: string, until: AbortSignal, held: () => void): void {
  const hold = () =>
    new Promise<void>((release) => {
      until.addEventListener('abort', () => release());
      held();
    });
  navigator.locks.request(name, { signal: until }, hold).catch((error: unknown) => {
    if (!until.aborted) reportError(error);
  });
}
