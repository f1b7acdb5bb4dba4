/**
 * Runs inside the product's page before its own scripts, and looks on from outside: every picture the worker sends
 * (comlink's messages on the ports between them), the end of the frame that draws it, and every long frame.
 *
 *     picture arrives ─▶ its newest event time is noted ─▶ next animation frame draws ─▶ a task after that frame: drawn
 */
export interface Probe {
  /** Per drawn frame with news: when its drawing was done and the newest event time in it, ms since the epoch. */
  readonly draws: { readonly atMs: number; readonly newestMs: number }[];
  /** ms from each animation frame to the next. */
  readonly frames: number[];
  /** Durations of long animation frames (over 50 ms), as the browser reports them. */
  readonly longFrames: number[];
}

declare global {
  interface Window {
    probe: Probe;
  }
}

export function installProbe(): void {
  const probe: Probe = { draws: [], frames: [], longFrames: [] };
  window.probe = probe;
  let newestMs = 0;
  let drawnMs = 0;
  let asked = false;
  const clockMs = () => performance.timeOrigin + performance.now();
  const afterFrame = new MessageChannel();
  const listen = EventTarget.prototype.addEventListener;

  listen.call(afterFrame.port1, 'message', () => {
    asked = false;
    if (newestMs <= drawnMs) return;
    drawnMs = newestMs;
    probe.draws.push({ atMs: clockMs(), newestMs });
  });
  afterFrame.port1.start();

  const seen = (event: Event) => {
    const args = (event as MessageEvent).data?.argumentList;
    const picture = Array.isArray(args) ? args[0]?.value : undefined;
    if (typeof picture?.maxEventTimeUs !== 'number') return;
    newestMs = Math.max(newestMs, picture.maxEventTimeUs / 1000);
    if (asked) return;
    asked = true;
    // The page asks for its own frame after this one was asked for, and both are the same frame.
    requestAnimationFrame(() => afterFrame.port2.postMessage(null));
  };
  const watched = new WeakSet<EventTarget>();
  MessagePort.prototype.addEventListener = function (this: MessagePort, ...args: Parameters<typeof listen>) {
    if (args[0] === 'message' && !watched.has(this)) {
      watched.add(this);
      listen.call(this, 'message', seen);
    }
    return listen.apply(this, args);
  } as typeof MessagePort.prototype.addEventListener;

  let lastMs = performance.now();
  const frame = (atMs: number) => {
    probe.frames.push(atMs - lastMs);
    lastMs = atMs;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) probe.longFrames.push(entry.duration);
  }).observe({ type: 'long-animation-frame', buffered: true });
}
