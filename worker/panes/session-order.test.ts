import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SessionOrder } from './session-order.ts';
import type { Session } from './session-table.ts';

test('W30 sessions are in order of their ends, however they came and went', () => {
  const step = fc.record({ startUs: fc.nat(20), lengthUs: fc.nat(5), gone: fc.nat(), read: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const order = new SessionOrder();
      let alive: Session[] = [];
      for (const [slot, { startUs, lengthUs, gone, read }] of steps.entries()) {
        const session = { key: 0, slot, startUs, endUs: startUs + lengthUs, revision: 0 };
        order.add(session);
        alive.push(session);
        const leaving = gone % 3 === 0 ? alive[gone % alive.length] : undefined;
        if (leaving) {
          order.remove(leaving);
          alive = alive.filter((other) => other !== leaving);
        }
        if (!read) continue;
        const bounds = ({ startUs, endUs }: Session) => [endUs, startUs];
        const expected = [...alive].sort((left, right) => left.endUs - right.endUs || left.startUs - right.startUs);
        expect(order.all.map(bounds)).toEqual(expected.map(bounds));
        expect(new Set(order.all)).toEqual(new Set(alive));
        if (gone % 7 === 0) order.reset(alive);
      }
    }),
  );
});
