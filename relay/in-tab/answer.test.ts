import { expect, test } from 'vitest';
import { answerTo } from './answer.ts';

test('S14 letters that cannot be read are answered with the reason, and the next question is answered too', async () => {
  const { port1 } = new MessageChannel();
  let broken = true;
  const relay = {
    letters: async () => {
      if (broken) throw new Error('a letter is not as it was written');
      return { streams: [] };
    },
    letterLines: async () => Promise.reject(new Error('no room for them')),
  };
  expect(await answerTo({ kind: 'letters', port: port1 }, relay)).toEqual({
    failed: 'a letter is not as it was written',
  });
  expect(await answerTo({ kind: 'letter-lines', stream: 's', port: port1 }, relay)).toEqual({
    failed: 'no room for them',
  });
  broken = false;
  expect(await answerTo({ kind: 'letters', port: port1 }, relay)).toEqual({ told: { streams: [] } });
  expect(await answerTo({ kind: 'letters', port: port1 }, null)).toEqual({ failed: 'no files were given' });
  port1.close();
});
