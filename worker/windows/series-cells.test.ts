import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PanelRequest } from '../../contract/worker-api.ts';
import { testFrame, testSchema } from '../../tests/support/frames.ts';
import { seriesOf, viewOf } from '../../tests/support/requests.ts';
import type { Engine } from '../engine.ts';
import { openHeadless } from '../headless.ts';

const SECOND = 1_000_000;
const schema = testSchema('s', { action: 'string', user_id: 'int64', price: 'float64' });
const select = { n: 'count()', users: 'count_distinct(user_id)', mean: 'avg(price)', p90: 'quantile(price, 0.9)' };
const WINDOWS = {
  tumbling: { window: 'tumble(10s)', late: { allow: '20s' } },
  hopping: { window: 'hop(1m, 1s)', late: { allow: '0s' } },
  growing: { window: 'cumulate(1m, 1s)', late: { allow: '5s' } },
  ever: { window: 'global()', late: { allow: '0s' } },
};

const row = fc.record({
  lateS: fc.oneof({ weight: 5, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.nat(90) }),
  action: fc.constantFrom('view', 'cart', null),
  user_id: fc.nat(20),
  price: fc.nat(100),
});
const step = fc.record({ forwardS: fc.nat(25), rows: fc.array(row, { minLength: 1, maxLength: 12 }) });

let asked: Engine;
let quiet: Engine;
beforeAll(async () => {
  asked = await open();
  quiet = await open();
});
afterAll(() => {
  asked.close();
  quiet.close();
});

test('W8 a picture asked for at every tick is the picture asked for once', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 2, maxLength: 10 }), (steps) => {
      for (const engine of [asked, quiet]) engine.begin('s', 'reset', { epoch: 'e1', next: {} });
      let [nowS, firstOffset] = [1000, 0];
      for (const { forwardS, rows } of steps) {
        const watermarkUs = (nowS - 2) * SECOND;
        nowS += forwardS;
        const made = rows.map(({ lateS, ...fields }) => ({ timeUs: (nowS - lateS) * SECOND, ...fields }));
        const frame = testFrame(schema, made, { firstOffset, watermarkUs });
        firstOffset += made.length;
        for (const engine of [asked, quiet]) engine.apply([frame], 0);
        for (const request of requests()) asked.picture(request);
      }
      for (const request of requests()) expect(asked.picture(request)).toEqual(quiet.picture(request));
    }),
    { numRuns: 30 },
  );
}, 60_000);

async function open(): Promise<Engine> {
  const engine = await openHeadless({ rawBudgetBytes: 16 * 2 ** 20, nowMs: () => 0 });
  engine.schema(schema);
  engine.begin('s', 'fresh', { epoch: 'e1', next: {} });
  const specs = Object.entries(WINDOWS).map(([name, spec]) => [name, { from: 's', by: ['action'], select, ...spec }]);
  expect(engine.windows(Object.fromEntries(specs))).toEqual([]);
  return engine;
}

function requests(): PanelRequest[] {
  return Object.keys(WINDOWS).flatMap((window) =>
    [null, 'action'].map((seriesBy) =>
      seriesOf(window, Object.keys(select), { seriesBy, view: viewOf(90 * SECOND), widthPx: 400 }),
    ),
  );
}
