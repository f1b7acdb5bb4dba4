import { expect, test } from 'vitest';
import { unusedName } from './unused-name.ts';

function namesOf(...files: string[]): string[] {
  const names: string[] = [];
  for (const file of files) names.push(unusedName(file, names));
  return names;
}

test('D8 dropped files whose names differ in case alone are streams of their own', () => {
  expect(namesOf('Events.jsonl', 'events.jsonl', 'EVENTS.json')).toEqual(['Events', 'events_2', 'EVENTS_3']);
  expect(namesOf('a-b.json', 'A b.json', '7.ndjson', '-.json')).toEqual(['a_b', 'A_b_2', '_7', 'events']);
});

test('D8 a dropped file with a very long name is a stream with a name of a hundred characters', () => {
  const [first = '', second] = namesOf(`${'x'.repeat(240)}.jsonl`, `${'X'.repeat(240)}.json`);
  expect([first, second]).toEqual(['x'.repeat(100), `${'X'.repeat(100)}_2`]);
});
