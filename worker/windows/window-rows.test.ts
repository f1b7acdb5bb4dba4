import { expect, test } from 'vitest';
import { WindowSpecSchema } from '../../contract/spec/window.ts';
import { testFrame, testSchema } from '../../tests/support/frames.ts';
import { foldOf } from '../../tests/support/requests.ts';
import { openHeadless } from '../headless.ts';

test.each([3, 40])(
  'W8 rows over %d panes that only a more patient window took are not of the other',
  async (seconds) => {
    const engine = await openHeadless({ rawBudgetBytes: 16 * 2 ** 20, nowMs: () => 0 });
    const schema = testSchema('s', { user: 'string' });
    engine.schema(schema);
    engine.begin('s', 'fresh', { epoch: 'e1', next: {} });
    const spec = { from: 's', window: 'tumble(1s)', select: { n: 'count()' } };
    const strict = WindowSpecSchema.parse(spec);
    const patient = WindowSpecSchema.parse({ ...spec, late: { allow: '1h' } });
    expect(engine.windows({ strict, patient })).toEqual([]);

    const times = Array.from({ length: seconds }, (_, second) => ({ timeUs: second * 1e6, user: 'ann' }));
    engine.apply([testFrame(schema, times, { firstOffset: 0 })], 0);
    engine.apply([testFrame(schema, times.slice(0, 2), { firstOffset: seconds, watermarkUs: seconds * 1e6 })], 0);
    const countOf = (window: string) => {
      const picture = engine.picture(foldOf(window, 'n'));
      return picture.kind === 'fold' ? picture.rows[0]?.value : picture;
    };
    expect(countOf('strict')).toBe(seconds);
    expect(countOf('patient')).toBe(seconds + 2);
    expect(engine.windowState('strict')?.tooLateRows).toBe(2);
    engine.close();
  },
);
