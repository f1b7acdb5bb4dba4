import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BoardSchema } from '../../contract/spec/board.ts';
import type { Filter } from '../../contract/worker-api.ts';
import { filtersOf, inverted, toggled, withChosen } from '../variables/choose.ts';
import { hrefOf, type LinkedFrom } from './link.ts';
import { readView, shownBoard, type View, writeView } from './view.ts';

const NOTHING = readView('');

test('an address names a board that is there, or none and the only one is shown, or the list', () => {
  const two = { shop: {}, line: {} };
  expect(shownBoard(two, 'line')).toBe('line');
  expect(shownBoard({ shop: {} }, null)).toBe('shop');
  expect(shownBoard({ shop: {} }, 'gone')).toBeNull();
  for (const wanted of ['gone', 'constructor', '__proto__', 'toString', null])
    expect(shownBoard(two, wanted)).toBeNull();
});

test('a board that another leads to is a detail of it: what is begun with is shown', () => {
  const shop = { panels: [{ link: { board: 'campaign' } }, {}] };
  expect(shownBoard({ shop, campaign: {} }, null)).toBe('shop');
  expect(shownBoard({ shop, campaign: {} }, 'campaign')).toBe('campaign');
  expect(shownBoard({ shop, campaign: {}, line: {} }, null)).toBeNull();
  expect(shownBoard({ shop, campaign: { panels: [{ link: { board: 'shop' } }] } }, null)).toBeNull();
  expect(shownBoard({ shop: { panels: [{ link: { board: 'shop' } }] } }, null)).toBe('shop');
});

test('an address as people and Grafana write it', () => {
  const search =
    '?board=shop&from=now-1h&to=now&timezone=utc&follow=wall&compare=7d&kiosk&theme=dark&var-country=DE&var-country=FR' +
    '&var-line=$__all&filter=action%7C%3D%7Ccart&filter=action|!=|a|b&filter=action|!=|$__null&viewPanel=3&page=health&playlist=hall';
  expect(readView(search)).toEqual({
    board: 'shop',
    from: 'now-1h',
    to: 'now',
    timezone: 'UTC',
    follow: 'wall',
    compare: '7d',
    theme: 'dark',
    kiosk: true,
    variables: { country: ['DE', 'FR'], line: [] },
    filters: [
      { column: 'action', values: ['cart'], not: false },
      { column: 'action', values: ['a|b', null], not: true },
    ],
    viewPanel: '3',
    page: 'health',
  });
});

test('what an address says wrongly is left out, but a time that is none, which is told', () => {
  expect(
    readView('?from=yesterday&theme=pink&timezone=Nowhere/Land&follow=me&compare=3d&filter=action&filter=|=|x&var-='),
  ).toEqual({ ...NOTHING, from: 'yesterday' });
});

test('what is not the view’s stays in the address, and what is nothing is not written', () => {
  expect(writeView(NOTHING, '?other=1&from=now-5m&var-a=1&filter=a|=|b&kiosk=1')).toBe('?other=1');
  expect(writeView({ ...NOTHING, kiosk: true }, '?playlist=hall&kiosk=tv')).toBe('?playlist=hall&kiosk=tv');
  expect(writeView({ ...NOTHING, kiosk: true, from: 'now/d', board: 'a b' }, '')).toBe('?board=a+b&from=now/d&kiosk');
});

const word = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '$__all',
    '$__null',
    '$$__all',
    'a|b',
    'a|=|b',
    '|!=|',
    '%7C',
    '%25',
    '',
    'now',
    '&x=1',
    '#',
    '+',
    ' ',
  ),
);
const values = fc.uniqueArray(fc.option(word), { maxLength: 4 });
const nonEmpty = word.filter((text) => text !== '');
const views: fc.Arbitrary<View> = fc.record({
  board: fc.option(word),
  from: fc.option(nonEmpty),
  to: fc.option(nonEmpty),
  timezone: fc.option(fc.constantFrom('UTC', 'browser', 'Europe/Berlin', 'America/Argentina/Ushuaia')),
  follow: fc.option(fc.constantFrom('event', 'wall')),
  compare: fc.option(fc.constantFrom('none', '1d', '7d')),
  theme: fc.option(fc.constantFrom('light', 'dark', 'contrast')),
  kiosk: fc.boolean(),
  variables: fc.dictionary(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,9}$/), values, { noNullPrototype: true }),
  filters: fc.uniqueArray(
    fc.record({
      column: nonEmpty,
      values: fc.uniqueArray(fc.option(word), { minLength: 1, maxLength: 4 }),
      not: fc.boolean(),
    }),
    { maxLength: 4, selector: ({ column, not }) => `${not} ${column}` },
  ),
  viewPanel: fc.option(nonEmpty),
  page: fc.option(fc.constant('health')),
});

test('V60 reading the address of any view gives the view, whatever else stood in the address', () => {
  const searches = fc.constantFrom('', '?board=x&from=now-1h&var-a=b&filter=a|=|b&kiosk', '?other=1&playlist=hall');
  fc.assert(
    fc.property(views, searches, (view, search) => {
      const written = writeView(view, search);
      expect(readView(written)).toEqual(view);
      expect(writeView(readView(written), written)).toBe(written);
      // As a browser holds it.
      expect(readView(new URL(`http://highwater.test/${written}`).search)).toEqual(view);
    }),
    { numRuns: 1000 },
  );
});

const panels = [{ kind: 'table', title: 'Rows', w: 24, h: 8, stream: 'orders' }];
const shop = BoardSchema.parse({
  title: 'Shop',
  variables: {
    country: { column: 'country', from: 'orders', default: ['DE'] },
    line: { column: 'line', values: ['A', 'B'], multi: false },
  },
  panels,
});

test('what is chosen of variables, and by hand, becomes the board’s filters', () => {
  expect(filtersOf(NOTHING, shop)).toEqual([{ column: 'country', values: ['DE'], not: false }]);
  const by: Filter = { column: 'action', values: ['cart'], not: true };
  expect(filtersOf({ variables: { country: [], line: ['A', 'B'], gone: ['x'] }, filters: [by] }, shop)).toEqual([
    { column: 'line', values: ['A'], not: false },
    by,
  ]);
  const { variables } = BoardSchema.parse({
    ...shop,
    variables: { zone: { column: 'zone', values: ['A'], default: ['A'], filters: ['picks'] } },
  });
  expect(filtersOf(NOTHING, { variables })).toEqual([{ column: 'zone', values: ['A'], not: false, of: ['picks'] }]);
});

test('a value is chosen for the whole board and chosen no longer: of its variable, else by hand', () => {
  const choose = (view: View, column: string, value: string | null): View => ({
    ...view,
    ...withChosen(view, shop, column, value),
  });
  const both = choose(NOTHING, 'country', null);
  expect(both.variables).toEqual({ country: ['DE', null] });
  // Its default need not be in the address.
  expect(choose(both, 'country', null).variables).toEqual({});
  expect(choose(NOTHING, 'country', 'DE').variables).toEqual({ country: [] });
  expect(choose(choose(NOTHING, 'line', 'A'), 'line', 'B').variables).toEqual({ line: ['B'] });
  const cart = choose(NOTHING, 'action', 'cart');
  expect(cart.filters).toEqual([{ column: 'action', values: ['cart'], not: false }]);
  expect(choose(cart, 'action', 'cart').filters).toEqual([]);
  const without = { ...NOTHING, filters: toggled([], 'action', 'cart', true) };
  expect(choose(without, 'action', 'cart').filters).toEqual([]);
});

test('only these is turned into all but these, and takes the place of what said otherwise', () => {
  const only: Filter = { column: 'a', values: ['x'], not: false };
  const other: Filter = { column: 'b', values: ['y'], not: true };
  expect(inverted([only, other], only)).toEqual([other, { ...only, not: true }]);
  expect(inverted([only, { ...only, not: true }], only)).toEqual([{ ...only, not: true }]);
});

const detail = BoardSchema.parse({
  title: 'Detail',
  variables: { land: { column: 'country', from: 'orders' } },
  panels,
});
const from = (view: Partial<View>, change: Partial<LinkedFrom> = {}): LinkedFrom => ({
  view: { ...NOTHING, board: 'shop', ...view },
  board: shop,
  boards: { shop, detail },
  range: { from: 'now-1h', to: 'now' },
  between: { fromUs: 1_000_000_500, untilUs: 2_000_000_000 },
  location: { pathname: '/', search: '?board=shop&theme=dark', href: 'http://highwater.test/?board=shop' },
  ...change,
});

test('a link to a board shows it with the value, what is chosen here and the same time', () => {
  const href = hrefOf({ board: 'detail' }, 'product', 'A&B', from({ theme: 'dark', viewPanel: '2' }));
  expect(readView(new URL(`http://highwater.test${href}`).search)).toEqual({
    ...NOTHING,
    board: 'detail',
    theme: 'dark',
    from: 'now-1h',
    variables: { land: ['DE'] },
    filters: [{ column: 'product', values: ['A&B'], not: false }],
  });
  const same = hrefOf({ board: 'detail' }, 'country', null, from({}, { range: { from: 'now-15m', to: 'now' } }));
  expect(readView(new URL(`http://highwater.test${same}`).search)).toMatchObject({
    from: null,
    variables: { land: [null] },
    filters: [],
  });
  const whole = hrefOf({ board: 'detail' }, '', null, from({}));
  expect(readView(new URL(`http://highwater.test${whole}`).search)).toMatchObject({ board: 'detail', filters: [] });
  expect(hrefOf({ board: 'gone' }, 'country', 'DE', from({}))).toBeNull();
});

test('a link elsewhere is http, its value encoded', () => {
  const to = (url: string, key: string | null = 'a/b c&d') => hrefOf({ url }, 'product', key, from({}));
  expect(to('https://erp.test/items/$key?c=$column&from=$from&to=$to')).toBe(
    'https://erp.test/items/a%2Fb%20c%26d?c=product&from=1000000&to=2000000',
  );
  expect(to('/dead-letters?stream=$key')).toBe('http://highwater.test/dead-letters?stream=a%2Fb%20c%26d');
  for (const [url, key] of [
    ['javascript:alert(1)', 'x'],
    ['$key', 'javascript:alert(1)'],
    ['data:text/html,$key', 'x'],
    ['file:///etc/passwd', 'x'],
  ] as const)
    expect(to(url, key)?.startsWith('http://highwater.test/') ?? true, url).toBe(true);
  expect(to('javascript:alert(1)')).toBeNull();
});
