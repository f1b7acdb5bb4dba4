import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { DownSchema } from '../contract/protocol/down.ts';
import { UpSchema } from '../contract/protocol/up.ts';
import { PROTOCOL_VERSION } from '../contract/protocol/version.ts';

test('F4 the wire messages change only together with the protocol version', () => {
  const shape = JSON.stringify([z.toJSONSchema(UpSchema), z.toJSONSchema(DownSchema)]);
  const hash = createHash('sha256').update(shape).digest('hex').slice(0, 16);
  // When this fails: give version.ts its next number and line, then put the new hash here.
  expect({ version: PROTOCOL_VERSION, hash }).toMatchInlineSnapshot(`
    {
      "hash": "12ddc2856f7705d6",
      "version": 6,
    }
  `);
});
