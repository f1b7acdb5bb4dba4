import { tableFromIPC } from 'apache-arrow';
import { WebSocket } from 'ws';
import type { Down } from '../../contract/protocol/down.ts';
import { DownSchema } from '../../contract/protocol/down.ts';
import { decodeFrame, type FrameHeader } from '../../contract/protocol/frame.ts';
import { advance, meet, type Position } from '../../contract/protocol/position.ts';
import type { SubscribeFrom } from '../../contract/protocol/up.ts';
import { PROTOCOL_VERSION } from '../../contract/protocol/version.ts';
import { openHttpSocket } from '../../worker/connection/http-socket.ts';
import type { SocketLike } from '../../worker/connection/socket.ts';

export type Transport = 'websocket' | 'http';

/** What a tab does with one stream, by the protocol's rules and nothing else: it keeps the `n` of every row. */
export class Tab {
  readonly messages: Down[] = [];
  readonly headers: FrameHeader[] = [];
  /** `partition:offset` → the row's `n`. */
  readonly rows = new Map<string, unknown>();
  position: Position | null = null;
  inFlightBytes = 0;
  mostInFlightBytes = 0;
  largestFrameBytes = 0;
  closeCode: number | null = null;
  readonly #socket: SocketLike;
  readonly #autoCredit: boolean;
  readonly #lookers = new Set<() => void>();

  private constructor(socket: SocketLike, autoCredit: boolean) {
    this.#socket = socket;
    this.#autoCredit = autoCredit;
    socket.binaryType = 'arraybuffer';
    socket.onmessage = (event) => {
      const { data }: { readonly data: unknown } = event;
      if (data instanceof ArrayBuffer) this.#frame(new Uint8Array(data));
      else this.#message(DownSchema.parse(JSON.parse(String(data))));
      this.#look();
    };
    socket.onclose = ({ code }) => {
      this.closeCode = code;
      this.#look();
    };
    socket.onerror = () => undefined;
  }

  /** Connects and says hello. `creditBytes` is granted again as frames come, unless `autoCredit` is false. */
  static async open(
    port: number,
    options: { readonly creditBytes?: number; readonly autoCredit?: boolean; readonly transport?: Transport } = {},
  ): Promise<Tab> {
    const tab = await Tab.connect(port, options.autoCredit ?? true, options.transport);
    tab.send({ type: 'hello', protocol: PROTOCOL_VERSION, creditBytes: options.creditBytes ?? 1_000_000 });
    return tab;
  }

  static async connect(port: number, autoCredit = true, transport: Transport = 'websocket'): Promise<Tab> {
    const at = `127.0.0.1:${port}`;
    // The types of the package's events are not those of the DOM; what is used of them is the same.
    const socket =
      transport === 'http'
        ? openHttpSocket(`http://${at}/stream`, fetch)
        : (new WebSocket(`ws://${at}/socket`) as unknown as SocketLike);
    const tab = new Tab(socket, autoCredit);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      const { onclose } = socket;
      socket.onclose = (event) => {
        onclose?.(event);
        reject(new Error(`not opened: ${tab.closeCode}`));
      };
    });
    return tab;
  }

  send(message: unknown): void {
    // Only a test sends bytes upwards, where no type lets it.
    const bytes = message instanceof Uint8Array ? (message as unknown as string) : null;
    this.#socket.send(bytes ?? (typeof message === 'string' ? message : JSON.stringify(message)));
  }

  subscribe(stream: string, from: SubscribeFrom = 'start'): void {
    if (typeof from === 'object' && 'epoch' in from) this.position = from;
    this.send({ type: 'subscribe', stream, from });
  }

  grant(bytes: number): void {
    this.inFlightBytes -= bytes;
    this.send({ type: 'credit', bytes });
  }

  /** Resolves with the first value that is not undefined, asked after everything that comes. */
  until<T>(look: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const looker = () => {
        const found = look();
        if (found === undefined && this.closeCode === null) return;
        this.#lookers.delete(looker);
        if (found !== undefined) resolve(found);
        else
          reject(
            new Error(`closed (${this.closeCode}) after ${JSON.stringify(this.messages.map(({ type }) => type))}`),
          );
      };
      this.#lookers.add(looker);
      looker();
    });
  }

  rowsAtLeast(count: number): Promise<number> {
    return this.until(() => (this.rows.size >= count ? this.rows.size : undefined));
  }

  message<T extends Down['type']>(type: T): Promise<Extract<Down, { type: T }>> {
    return this.until(() =>
      this.messages.find((message): message is Extract<Down, { type: T }> => message.type === type),
    );
  }

  all<T extends Down['type']>(type: T): Extract<Down, { type: T }>[] {
    return this.messages.filter((message): message is Extract<Down, { type: T }> => message.type === type);
  }

  /** Cuts the connection, as a network does. */
  async cut(): Promise<void> {
    if (this.#socket instanceof WebSocket) this.#socket.terminate();
    else {
      this.#socket.close();
      this.closeCode ??= 1006;
    }
    await this.until(() => this.closeCode ?? undefined);
  }

  #message(message: Down): void {
    this.messages.push(message);
    if (message.type === 'subscribed') {
      if (message.outcome === 'reset') this.rows.clear();
      if (message.outcome !== 'resumed') this.position = message.position;
    } else if (message.type === 'gap' && this.position !== null)
      this.position = advance(this.position, message.partition, message.nextOffset);
    else if (message.type === 'progress' && this.position !== null)
      for (const [partition, next] of Object.entries(message.next))
        this.position = advance(this.position, Number(partition), next);
  }

  #frame(data: Uint8Array): void {
    const { header, payload } = decodeFrame(data);
    const known = this.all('schema').some(
      ({ stream, version }) => stream === header.stream && version === header.schemaVersion,
    );
    if (!known) throw new Error(`F4: a frame of version ${header.schemaVersion} before its schema`);
    if (this.position === null) throw new Error('a frame before the subscription was answered');
    const meeting = meet(this.position, header);
    if (meeting.kind === 'hole' || meeting.kind === 'other-epoch')
      throw new Error(`P4: ${JSON.stringify(meeting)} at ${JSON.stringify(this.position)}`);
    this.headers.push(header);
    this.inFlightBytes += payload.length;
    this.mostInFlightBytes = Math.max(this.mostInFlightBytes, this.inFlightBytes);
    this.largestFrameBytes = Math.max(this.largestFrameBytes, payload.length);
    if (meeting.kind !== 'duplicate') this.#apply(header, payload, meeting.kind === 'overlap' ? meeting.fromOffset : 0);
    this.position = advance(this.position, header.partition, header.nextOffset);
    if (this.#autoCredit) this.grant(payload.length);
  }

  #apply(header: FrameHeader, payload: Uint8Array, fromOffset: number): void {
    const table = tableFromIPC(payload);
    const deltas = table.getChild('_delta');
    const values = table.getChild('n');
    for (let row = 0; row < table.numRows; row++) {
      const offset = header.firstOffset + (deltas === null ? row : Number(deltas.get(row)));
      if (offset < fromOffset) continue;
      const key = `${header.partition}:${offset}`;
      if (this.rows.has(key)) throw new Error(`row ${key} came twice`);
      this.rows.set(key, Number(values?.get(row)));
    }
  }

  #look(): void {
    for (const looker of [...this.#lookers]) looker();
  }
}
