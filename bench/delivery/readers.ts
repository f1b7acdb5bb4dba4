import { WebSocket } from 'ws';
import { PROTOCOL_VERSION } from '../../contract/protocol/version.ts';

/**
 * Readers of one stream, as many as asked for, which take frames and do nothing with them:
 * `node bench/delivery/readers.ts http://127.0.0.1:8787 stream 100 10000 [slow]`. Says `reading` once all of them are
 * answered, then measures for the given ms, and prints what it found. `slow`: one more, that never grants credit again.
 *
 *     frame sealed (relay's clock) ─▶ message handled here: one delivery            one machine, one clock
 */
const [url = '', stream = '', readers = '', ms = '', slow = ''] = process.argv.slice(2);
/** Where a frame says when it was sealed (contract/protocol/frame.ts). */
const SEALED_AT = 56;
const CREDIT_BYTES = 16 * 2 ** 20;
/** Credit is granted again in pieces, as a tab's ticks do. */
const GRANT_BYTES = 256 * 1024;

const deliveriesMs: number[] = [];
let measuring = false;
let frames = 0;

function open(grants: boolean): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket`);
  let owed = 0;
  socket.on('open', () => {
    const creditBytes = grants ? CREDIT_BYTES : 64 * 1024;
    socket.send(JSON.stringify({ type: 'hello', protocol: PROTOCOL_VERSION, creditBytes }));
    socket.send(JSON.stringify({ type: 'subscribe', stream, from: 'start' }));
  });
  const beat = setInterval(() => socket.readyState === WebSocket.OPEN && socket.send('{"type":"ping"}'), 5_000);
  socket.on('close', () => clearInterval(beat));
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) {
        if (data.includes('"type":"subscribed"')) resolve(socket);
        return;
      }
      if (!grants) return;
      if (measuring) {
        frames++;
        const sealedUs = Number(data.readBigInt64LE(SEALED_AT));
        deliveriesMs.push(performance.timeOrigin + performance.now() - sealedUs / 1000);
      }
      owed += data.length;
      if (owed < GRANT_BYTES) return;
      socket.send(JSON.stringify({ type: 'credit', bytes: owed }));
      owed = 0;
    });
  });
}

const sockets: WebSocket[] = [];
// Fifty at a time: what is measured is delivery, not the handshakes.
for (let at = 0; at < Number(readers); at += 50)
  sockets.push(...(await Promise.all(Array.from({ length: Math.min(50, Number(readers) - at) }, () => open(true)))));
if (slow === 'slow') sockets.push(await open(false));
console.log('reading');
await new Promise((resolve) => setTimeout(resolve, 2_000));
measuring = true;
await new Promise((resolve) => setTimeout(resolve, Number(ms)));
measuring = false;
deliveriesMs.sort((left, right) => left - right);
const at = (rank: number) => deliveriesMs[Math.floor(rank * (deliveriesMs.length - 1))] ?? Number.NaN;
console.log(
  JSON.stringify({
    frames,
    framesPerSecond: frames / (Number(ms) / 1000) / Number(readers),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: at(1),
  }),
);
for (const socket of sockets) socket.terminate();
