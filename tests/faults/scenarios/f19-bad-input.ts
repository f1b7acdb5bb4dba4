import type { Scenario } from '../kit/scenario.ts';
import { kafkaOf } from '../kit/sources.ts';
import { within } from '../kit/time.ts';
import { Trial } from '../kit/trial.ts';

/** What no row can be made of, and what is odd but can. */
function corpus(
  random: { next(): number },
  long: boolean,
): readonly { readonly bytes: Uint8Array; readonly isBad: boolean }[] {
  const text = (value: string, isBad = true) => ({ bytes: Buffer.from(value), isBad });
  const good = (more: string) => `{"run":"r","producer":"odd","seq":0,"key":"k","ts":${Date.now()},${more}}`;
  return [
    text(''),
    text('not json'),
    text('{"run":"r","producer":"p0","seq":'),
    text('[1,2,3]'),
    text('"a text"'),
    text('null'),
    text('{"run":"r"}{"run":"s"}'),
    text(good('"seq":NaN')),
    text(`{"run":"r","producer":"odd","seq":"not a number","key":"k","ts":${Date.now()}}`),
    text('{"run":"r","producer":"odd","seq":1,"key":"k","ts":"the day before"}'),
    text(`{"run":"r","producer":"odd","seq":1,"key":"k","ts":${Date.now() + 86_400_000 * 365}}`),
    { bytes: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), isBad: true },
    { bytes: Buffer.from(Array.from({ length: 64 }, () => Math.floor(random.next() * 256))), isBad: true },
    text(`${'['.repeat(200_000)}${']'.repeat(200_000)}`),
    { bytes: Buffer.alloc(long ? 20_000_000 : 2_000_000, 0x61), isBad: true },
  ];
}

export const f19: Scenario = {
  id: 'F19',
  fault: 'bad input: cut JSON, invalid UTF-8, wrong types, NaN, deep nesting, 20 MB, random bytes',
  how: 'every kind of it at random places among good records (short: 2 MB instead of 20)',
  letters: ['L', 'D', 'O', 'A', 'P', 'R', 'T'],
  also: 'each bad record is a dead letter, the good ones around it all arrive',
  run: async (world, seed) => {
    const { broker } = await world.kafka();
    return Trial.run(
      world,
      'F19',
      seed,
      { source: kafkaOf(broker), partitions: 2, nodeTabs: 1, chromiumTabs: world.long ? 1 : 0 },
      async (trial) => {
        const bad = corpus(trial.random, world.long);
        await trial.write(50);
        for (const { bytes } of bad.toSorted(() => trial.random.next() - 0.5)) {
          await broker.produce(trial.topic, [{ value: bytes, partition: Math.floor(trial.random.next() * 2) }]);
          await trial.write(1 + Math.floor(trial.random.next() * 30));
        }
        await trial.recovered();
        const wanted = bad.filter(({ isBad }) => isBad).length;
        const found = await within(10_000, async () => {
          const count = await trial.metric('highwater_relay_dead_letters_total');
          return count === wanted ? count : null;
        });
        if (found === null)
          trial.expect(
            false,
            `${wanted} records were bad, ${await trial.metric('highwater_relay_dead_letters_total')} are dead letters: ${(await trial.get('/dead-letters'))?.text.slice(0, 3_000)}`,
          );
        trial.figures['bad records'] = bad.length;
        return trial.verdict();
      },
    );
  },
};
