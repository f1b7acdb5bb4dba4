import { type DemoName, demoOf } from '../../contract/demos.ts';

/** What the relay of the tab is to read: files the page was given, and how fast; or a simulated stream. */
export type Given =
  | { readonly kind: 'files'; readonly files: readonly File[]; readonly speed: Speed }
  | { readonly kind: 'demo'; readonly name: DemoName; readonly rate: number | null };

/** By event time: 1 is as it happened, 10 ten times as fast. `max`: as fast as they are read. */
export type Speed = number | 'max';

export const SPEEDS: readonly Speed[] = ['max', 0.1, 1, 10, 100];

const MAX_RATE = 100_000;

export function speedWords(speed: Speed): string {
  return speed === 'max' ? 'as fast as it goes' : `at ${speed}×`;
}

/** `?demo=shop`, `&rate=1000`: the demo an address asks for; null: none that there is. */
export function demoIn(search: string): Extract<Given, { kind: 'demo' }> | null {
  const params = new URLSearchParams(search);
  const asked = params.get('demo');
  const name = asked === null ? null : demoOf(asked === '' ? 'all' : asked);
  const rate = Number(params.get('rate'));
  return name === null ? null : { kind: 'demo', name, rate: rate > 0 && rate <= MAX_RATE ? rate : null };
}

/** The same address with this demo, or with none. Names of the boards before have no meaning in it. */
export function withDemo(search: string, name: DemoName | null): string {
  const params = new URLSearchParams(search);
  for (const other of ['demo', 'rate', 'board']) params.delete(other);
  if (name !== null) params.set('demo', name);
  return params.size === 0 ? '' : `?${params}`;
}

/** What is shown, for the foot of the page. */
export function givenWords(given: Given): string {
  return given.kind === 'files'
    ? `${given.files.map(({ name }) => name).join(', ')}: in this tab only, sent nowhere`
    : `Simulated in this tab (${given.name}): nothing is read from anywhere, nothing is sent`;
}
