import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { Output } from './output.ts';

function refusing(code: string): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error(`${code}: no`), { code })) });
}

test('H7 a reader that goes away is told once, and nothing more is written', async () => {
  let gone = 0;
  const output = new Output(refusing('EPIPE'), () => gone++);
  output.line('{}');
  await output.flush();
  output.line('{}');
  await output.flush();
  expect(gone).toBe(1);
});

test('H7 a full disk is an error', async () => {
  const output = new Output(refusing('ENOSPC'), () => expect.fail('nobody has gone'));
  output.line('{}');
  await expect(output.flush()).rejects.toMatchObject({
    code: 'output_failed',
    message: 'rows could not be written: ENOSPC: no',
  });
});
