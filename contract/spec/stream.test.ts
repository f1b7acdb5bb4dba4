import { expect, test } from 'vitest';
import { StreamSpecSchema } from './stream.ts';

test('L3 a log’s age below a minute is refused', () => {
  const parsed = (max_age: string) => StreamSpecSchema.safeParse({ source: 'kafka://h:9092/e', log: { max_age } });
  expect(parsed('0s').error?.issues.map(({ message }) => message)).toEqual(['expected 1m or longer']);
  expect(parsed('59s').success).toBe(false);
  expect(parsed('1m').success).toBe(true);
  expect(parsed('soon').error?.issues[0]?.message).toContain('expected');
});
