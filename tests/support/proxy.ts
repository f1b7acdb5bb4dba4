import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A TCP proxy on loopback that does to a link what networks do. A fault set on the proxy holds for every connection,
 * those that come later too; one set on a connection holds for that one, until the proxy is set again.
 *
 *     client ◀── link: queue ≤ 64 KiB, fault ──▶ proxy ◀── link: queue ≤ 64 KiB, fault ──▶ target
 *
 * A link that does not pass its bytes on stops reading: the sender then meets full buffers, as on a real network.
 */
export type Fault =
  | { readonly kind: 'pass' }
  /** Half-open, both ways: nothing passes, and neither end is told anything, not even that the other has gone. */
  | { readonly kind: 'blackhole' }
  | { readonly kind: 'latency'; readonly ms: number; readonly jitterMs?: number }
  /** Each way. */
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  /** Pieces of at most so many bytes, with a pause between. */
  | { readonly kind: 'slicer'; readonly bytes: number; readonly pauseMs: number };

export interface ProxyConnection {
  set(fault: Fault): void;
  /** RST to both ends, at once: what is under way is lost. */
  reset(): void;
  /** Both ends are closed as by a clean end, once so many more bytes went to the client. */
  cut(afterBytes?: number): void;
  /** Bytes that went from the target to the client. */
  readonly downBytes: number;
}

export interface TcpProxy {
  readonly port: number;
  /** Those open now, oldest first. */
  readonly connections: readonly ProxyConnection[];
  /** Every connection there ever was, those refused not counted. */
  readonly accepted: number;
  set(fault: Fault): void;
  resetAll(): void;
  cutAll(afterBytes?: number): void;
  /** Nobody listens: new connections are refused, those open go on. */
  refuse(): Promise<void>;
  /** Listens again, at the same port. */
  listen(): Promise<void>;
  stop(): Promise<void>;
}

export interface ProxyOptions {
  /** The port connected to; may change between connections. */
  readonly target: () => number;
  /** Left out: any free one. */
  readonly port?: number;
  /** In [0, 1): jitter. */
  readonly random?: () => number;
}

const QUEUE_BYTES = 64 * 1024;
const MAX_CONNECTIONS = 10_000;
const PASS: Fault = { kind: 'pass' };

export async function startProxy({ target, port: wanted = 0, random = Math.random }: ProxyOptions): Promise<TcpProxy> {
  const open = new Set<Connection>();
  let fault = PASS;
  let accepted = 0;
  const accept = (client: Socket): void => {
    if (open.size >= MAX_CONNECTIONS) {
      client.resetAndDestroy();
      return;
    }
    accepted++;
    const connection = new Connection(
      client,
      connect({ port: target(), host: '127.0.0.1', allowHalfOpen: true }),
      random,
    );
    connection.set(fault);
    open.add(connection);
    connection.ended.then(() => open.delete(connection));
  };
  let server: Server | null = null;
  let port = wanted;
  const listen = async (): Promise<void> => {
    const listening = createServer({ allowHalfOpen: true, noDelay: true }, accept);
    await new Promise<void>((resolve, reject) => {
      listening.once('error', reject);
      listening.listen({ port, host: '127.0.0.1', backlog: 4096 }, resolve);
    });
    const address = listening.address();
    if (address !== null && typeof address === 'object') port = address.port;
    server = listening;
  };
  /** The listener goes at once; those that are open stay. */
  const refuse = async (): Promise<void> => {
    server?.close();
    server = null;
  };
  await listen();
  return {
    port,
    get connections() {
      return [...open];
    },
    get accepted() {
      return accepted;
    },
    set(next) {
      fault = next;
      for (const connection of open) connection.set(next);
    },
    resetAll() {
      for (const connection of open) connection.reset();
    },
    cutAll(afterBytes) {
      for (const connection of open) connection.cut(afterBytes);
    },
    refuse,
    listen,
    async stop() {
      await refuse();
      for (const connection of open) connection.reset();
    },
  };
}

class Connection implements ProxyConnection {
  readonly ended: Promise<void>;
  readonly #client: Socket;
  readonly #target: Socket;
  readonly #links: readonly [up: Link, down: Link];

  constructor(client: Socket, target: Socket, random: () => number) {
    this.#client = client;
    this.#target = target;
    this.#links = [new Link(client, target, random), new Link(target, client, random)];
    this.ended = Promise.all(this.#links.map(({ closed }) => closed)).then(() => undefined);
  }

  get downBytes(): number {
    return this.#links[1].bytes;
  }

  set(fault: Fault): void {
    for (const link of this.#links) link.set(fault);
  }

  reset(): void {
    for (const link of this.#links) link.let();
    for (const socket of [this.#client, this.#target]) socket.resetAndDestroy();
  }

  cut(afterBytes = 0): void {
    this.#links[1].cutAfter(afterBytes, () => {
      for (const link of this.#links) link.let();
      for (const socket of [this.#client, this.#target]) socket.destroySoon();
    });
  }
}

/** One way of a connection: reads, waits as its fault says, writes. */
class Link {
  /** Both ends of this way are done with, and nothing waits. */
  readonly closed: Promise<void>;
  bytes = 0;
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #random: () => number;
  readonly #queue: { readonly chunk: Buffer; readonly dueMs: number }[] = [];
  #queuedBytes = 0;
  #fault = PASS;
  #over = false;
  #ended = false;
  #failed = false;
  #wake = () => {};
  #cut: { left: number; readonly run: () => void } | null = null;

  constructor(from: Socket, to: Socket, random: () => number) {
    this.#from = from;
    this.#to = to;
    this.#random = random;
    from.setNoDelay(true);
    from.on('data', (chunk: Buffer) => this.#take(chunk));
    from.on('end', () => {
      this.#ended = true;
      this.#wake();
    });
    from.on('error', () => {
      this.#failed = true;
    });
    from.on('close', () => {
      if (!this.#ended) this.#failed = true;
      this.#wake();
    });
    to.on('connect', () => this.#wake());
    to.on('drain', () => this.#wake());
    this.closed = this.#run();
  }

  set(fault: Fault): void {
    this.#fault = fault;
    this.#wake();
  }

  /** No more of this. */
  let(): void {
    this.#over = true;
    this.#wake();
  }

  cutAfter(left: number, run: () => void): void {
    this.#cut = { left, run };
    if (left <= 0) run();
  }

  #take(chunk: Buffer): void {
    const delayMs = this.#fault.kind === 'latency' ? this.#fault.ms + (this.#fault.jitterMs ?? 0) * this.#random() : 0;
    // Bytes never overtake each other.
    const dueMs = Math.max(performance.now() + delayMs, this.#queue.at(-1)?.dueMs ?? 0);
    this.#queue.push({ chunk, dueMs });
    this.#queuedBytes += chunk.length;
    if (this.#queuedBytes >= QUEUE_BYTES) this.#from.pause();
    this.#wake();
  }

  async #run(): Promise<void> {
    while (!this.#over) {
      if (this.#fault.kind === 'blackhole') {
        this.#from.pause();
        await this.#changed();
        continue;
      }
      const [next] = this.#queue;
      if (this.#to.destroyed) break;
      if (this.#to.writableNeedDrain || this.#to.connecting) await this.#changed();
      else if (next) await this.#pass(next.chunk, next.dueMs);
      else if (this.#failed) break;
      else if (this.#ended) {
        this.#to.end();
        return;
      } else {
        if (this.#from.isPaused()) this.#from.resume();
        await this.#changed();
      }
    }
    // One way failed: so has the connection. What was closed by a reset is told as one.
    if (!this.#over) for (const socket of [this.#from, this.#to]) if (!socket.destroyed) socket.resetAndDestroy();
  }

  async #pass(chunk: Buffer, dueMs: number): Promise<void> {
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) return this.#changed(waitMs);
    const fault = this.#fault;
    const most =
      fault.kind === 'slicer'
        ? fault.bytes
        : fault.kind === 'bandwidth'
          ? Math.max(1, fault.bytesPerSecond / 20)
          : chunk.length;
    const piece = chunk.subarray(0, Math.min(chunk.length, Math.floor(most), this.#cut?.left ?? chunk.length));
    if (piece.length === chunk.length) this.#queue.shift();
    else this.#queue[0] = { chunk: chunk.subarray(piece.length), dueMs };
    this.#queuedBytes -= piece.length;
    this.bytes += piece.length;
    this.#to.write(piece);
    if (this.#cut !== null) {
      this.#cut.left -= piece.length;
      if (this.#cut.left <= 0) this.#cut.run();
    }
    if (fault.kind === 'slicer') await this.#changed(fault.pauseMs);
    else if (fault.kind === 'bandwidth') await this.#slept((piece.length / fault.bytesPerSecond) * 1000);
  }

  /** Waits whatever comes in meanwhile, but not longer than the fault holds. */
  async #slept(ms: number): Promise<void> {
    const fault = this.#fault;
    const untilMs = performance.now() + ms;
    while (!this.#over && this.#fault === fault && performance.now() < untilMs)
      await this.#changed(untilMs - performance.now());
  }

  /** Something happened, or the time has passed. */
  #changed(ms?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(() => this.#wake(), ms);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = () => {};
        resolve();
      };
    });
  }
}
