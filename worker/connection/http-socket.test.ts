import { expect, test } from 'vitest';
import { httpMessageHeader } from '../../contract/protocol/http-stream.ts';
import { openHttpSocket } from './http-socket.ts';

/** A relay by HTTP that answers when the test says so. */
function scripted() {
  const posts: { readonly path: string; readonly body: string; readonly answer: (status: number) => void }[] = [];
  const opened = Promise.withResolvers<Response>();
  let body: ReadableStreamDefaultController<Uint8Array> | null = null;
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      body = controller;
    },
  });
  const heard: string[] = [];
  const socket = openHttpSocket('http://relay/stream', (url, init) => {
    if (init.method !== 'POST') return opened.promise;
    const { promise, resolve } = Promise.withResolvers<Response>();
    posts.push({ path: url, body: String(init.body), answer: (status) => resolve(new Response(null, { status })) });
    return promise;
  });
  socket.onopen = () => heard.push('open');
  socket.onmessage = ({ data }) => heard.push(String(data));
  socket.onclose = ({ reason }) => heard.push(`close: ${reason}`);
  return {
    socket,
    heard,
    posts,
    answer: (response: Response) => opened.resolve(response),
    begin: () => opened.resolve(new Response(stream)),
    say(text: string) {
      const bytes = Buffer.from(text);
      body?.enqueue(Buffer.concat([httpMessageHeader('text', bytes.length), bytes]));
    },
    end: () => body?.close(),
  };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));
const credit = (bytes: number) => JSON.stringify({ type: 'credit', bytes });
const ping = JSON.stringify({ type: 'ping' });

test('F9 a stream is open when it has its name, and closed when it ends', async () => {
  const { heard, begin, say, end } = scripted();
  begin();
  await turn();
  expect(heard).toEqual([]);
  say('{"session":"abc"}');
  say('one');
  await expect.poll(() => heard).toEqual(['open', 'one']);
  end();
  await expect.poll(() => heard.at(-1)).toBe('close: the connection to the relay was lost');
});

test('F9 posts keep their order, one at a time, and credit that waits goes as one', async () => {
  const { socket, posts, heard, begin, say } = scripted();
  begin();
  say('{"session":"abc"}');
  await expect.poll(() => heard).toEqual(['open']);
  for (const text of [ping, credit(1), ping, credit(20), credit(300)]) socket.send(text);
  const sent = async () => {
    await turn();
    return posts.map(({ body }) => body);
  };
  expect(await sent()).toEqual([ping]);
  expect(posts[0]?.path).toBe('http://relay/stream/abc');
  posts[0]?.answer(204);
  expect(await sent()).toEqual([ping, credit(321)]);
  posts[1]?.answer(204);
  expect(await sent()).toEqual([ping, credit(321), ping]);
  posts[2]?.answer(404);
  await expect.poll(() => heard.at(-1)).toBe('close: the relay answered 404');
});

test('C4 a relay that is full says by HTTP what it would have said on a socket', async () => {
  const { heard, answer } = scripted();
  answer(new Response('as many are open\n', { status: 503, headers: { 'Retry-After': '7' } }));
  await expect.poll(() => heard).toHaveLength(2);
  expect(JSON.parse(heard[0] ?? '')).toEqual({
    ...{ type: 'bye', code: 'too_many', message: 'as many are open', retry: true, retryAfterMs: 7_000 },
  });
  expect(heard[1]).toBe('close: the relay answered 503');
});
