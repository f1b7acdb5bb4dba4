import { WebSocket } from 'ws';

/** What the browser says of itself over its debugging port: the heaps of a page and of all its workers. */
export interface Devtools {
  /** Bytes of JavaScript objects in use and of the buffers they own, by kind of target, added up. */
  heaps(): Promise<{ readonly pageBytes: number; readonly workerBytes: number }>;
  close(): void;
}

interface Target {
  readonly targetId: string;
  readonly type: string;
}

interface HeapUsage {
  readonly usedSize: number;
  /** Of ArrayBuffers, which are not in the heap itself. */
  readonly backingStorageSize: number;
}

export async function openDevtools(port: number): Promise<Devtools> {
  const version = (await (await fetch(`http://127.0.0.1:${port}/json/version`)).json()) as Record<string, string>;
  const socket = new WebSocket(version.webSocketDebuggerUrl ?? '', { maxPayload: 64 * 2 ** 20 });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let last = 0;
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as { id?: number; result?: unknown; error?: { message: string } };
    const asked = waiting.get(message.id ?? 0);
    if (!asked) return;
    waiting.delete(message.id ?? 0);
    if (message.error) asked.reject(new Error(message.error.message));
    else asked.resolve(message.result);
  });
  const ask = <T>(method: string, params: object = {}, sessionId?: string): Promise<T> => {
    const id = ++last;
    socket.send(JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) }));
    return new Promise((resolve, reject) => waiting.set(id, { resolve: (result) => resolve(result as T), reject }));
  };
  const sessions = new Map<string, string>();
  /** 0 for a target that has gone meanwhile. */
  const heapOf = async ({ targetId }: Target): Promise<number> => {
    try {
      const known =
        sessions.get(targetId) ??
        (await ask<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true })).sessionId;
      sessions.set(targetId, known);
      const usage = await ask<HeapUsage>('Runtime.getHeapUsage', {}, known);
      return usage.usedSize + usage.backingStorageSize;
    } catch {
      sessions.delete(targetId);
      return 0;
    }
  };
  return {
    async heaps() {
      const { targetInfos } = await ask<{ targetInfos: Target[] }>('Target.getTargets', { filter: [{}] });
      const sum = async (types: readonly string[]) => {
        const sizes = await Promise.all(targetInfos.filter(({ type }) => types.includes(type)).map(heapOf));
        return sizes.reduce((total, size) => total + size, 0);
      };
      return { pageBytes: await sum(['page']), workerBytes: await sum(['worker', 'shared_worker']) };
    },
    close: () => socket.close(),
  };
}
