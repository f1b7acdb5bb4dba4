import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HttpMessageReader, httpMessageHeader } from './http-stream.ts';

test('F9 messages come back whole, however the network cuts the stream', () => {
  const messages = fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array({ maxLength: 50 })));
  fc.assert(
    fc.property(messages, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (sent, cuts) => {
      const stream = Buffer.concat(
        sent.flatMap((message) => {
          const kind = typeof message === 'string' ? 'text' : 'binary';
          const bytes = Buffer.from(message as string);
          return [httpMessageHeader(kind, bytes.length), bytes];
        }),
      );
      const reader = new HttpMessageReader();
      const found: (string | Uint8Array)[] = [];
      for (let at = 0, piece = 0; at < stream.length; piece++) {
        const length = cuts[piece % cuts.length] ?? 1;
        for (const message of reader.push(stream.subarray(at, at + length)))
          found.push(message.kind === 'text' ? message.text : new Uint8Array(message.bytes));
        at += length;
      }
      expect(found).toEqual(sent);
    }),
  );
});

test('F9 what is no message is refused, not waited for', () => {
  const html = Buffer.from('<!doctype html>');
  expect(() => new HttpMessageReader().push(html)).toThrow('expected a message, found one of kind');
});
