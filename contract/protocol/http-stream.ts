/**
 * The protocol's messages over HTTP, where WebSockets are blocked. Downwards the body of one response, `GET /stream`,
 * that never ends: messages one after the other, in pieces cut anywhere. Upwards one JSON message each,
 * `POST /stream/<session>`. (F9)
 *
 *   offset size
 *        0    4  message bytes (u32, little-endian)
 *        4    1  kind (u8): 0 JSON text, 1 frame
 *        5    …  message
 *
 * The first message is `{"session":"…"}`; from then on they are those of a socket.
 */
export const HTTP_MESSAGE_HEADER_BYTES = 5;
/** A length beyond this is no message of ours. */
const MAX_MESSAGE_BYTES = 256 * 2 ** 20;

export type HttpMessageKind = 'text' | 'binary';

/** What goes before a message of so many bytes. */
export function httpMessageHeader(kind: HttpMessageKind, bytes: number): Uint8Array {
  const header = new Uint8Array(HTTP_MESSAGE_HEADER_BYTES);
  new DataView(header.buffer).setUint32(0, bytes, true);
  header[4] = kind === 'text' ? 0 : 1;
  return header;
}

export type HttpMessage =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'binary'; readonly bytes: ArrayBuffer };

/** Puts messages together again, however the network cut them. Each byte is copied once. */
export class HttpMessageReader {
  readonly #header = new Uint8Array(HTTP_MESSAGE_HEADER_BYTES);
  #headerFilled = 0;
  #body: Uint8Array<ArrayBuffer> | null = null;
  #bodyFilled = 0;

  /** The messages that `piece` completes; throws a RangeError where the bytes are not messages. */
  push(piece: Uint8Array): HttpMessage[] {
    const messages: HttpMessage[] = [];
    let at = 0;
    while (at < piece.length || this.#complete) {
      if (this.#body === null) at += this.#fillHeader(piece.subarray(at));
      else if (this.#complete) messages.push(this.#take(this.#body));
      else {
        const part = piece.subarray(at, at + this.#body.length - this.#bodyFilled);
        this.#body.set(part, this.#bodyFilled);
        this.#bodyFilled += part.length;
        at += part.length;
      }
    }
    return messages;
  }

  get #complete(): boolean {
    return this.#body !== null && this.#bodyFilled === this.#body.length;
  }

  #fillHeader(piece: Uint8Array): number {
    const part = piece.subarray(0, HTTP_MESSAGE_HEADER_BYTES - this.#headerFilled);
    this.#header.set(part, this.#headerFilled);
    this.#headerFilled += part.length;
    if (this.#headerFilled < HTTP_MESSAGE_HEADER_BYTES) return part.length;
    const bytes = new DataView(this.#header.buffer).getUint32(0, true);
    const kind = this.#header[4] ?? 0;
    if (bytes > MAX_MESSAGE_BYTES || kind > 1)
      throw new RangeError(`expected a message, found one of kind ${kind} and ${bytes} bytes`);
    this.#body = new Uint8Array(bytes);
    this.#bodyFilled = 0;
    return part.length;
  }

  #take(body: Uint8Array<ArrayBuffer>): HttpMessage {
    this.#body = null;
    this.#headerFilled = 0;
    return this.#header[4] === 0
      ? { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(body) }
      : { kind: 'binary', bytes: body.buffer };
  }
}
