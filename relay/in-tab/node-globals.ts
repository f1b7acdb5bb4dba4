import { Buffer } from 'buffer/index.js';

/** What the relay uses of Node and a browser has not: a Buffer, and a turn for everybody else. To be imported first. */
const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
port1.onmessage = () => waiting.shift()?.();

Object.assign(globalThis, {
  Buffer,
  setImmediate(run: () => void): void {
    waiting.push(run);
    port2.postMessage(null);
  },
});
