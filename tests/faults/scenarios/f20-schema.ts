import type { Scenario } from '../kit/scenario.ts';
import { kafkaOf } from '../kit/sources.ts';
import { STREAM } from '../kit/tab.ts';
import { within } from '../kit/time.ts';
import { Trial } from '../kit/trial.ts';

export const f20: Scenario = {
  id: 'F20',
  fault: 'the fields of JSON records change: added, dropped, widened, renamed, incompatible',
  how: 'the changes come in a random order while tabs are open; records that fit no more come between those that do',
  letters: ['L', 'D', 'O', 'A', 'P', 'R', 'T'],
  also: 'new fields are there in open tabs without a reload; each record that does not fit is a dead letter',
  run: async (world, seed) => {
    const { broker } = await world.kafka();
    let fields: Record<string, unknown> = { amount: 1 };
    return Trial.run(
      world,
      'F20',
      seed,
      { source: kafkaOf(broker), partitions: 2, nodeTabs: 1, chromiumTabs: 1, more: () => fields },
      async (trial) => {
        let misfits = 0;
        const misfit = async () => {
          const value = JSON.stringify({
            run: 'r',
            producer: 'p0',
            seq: 'not a number',
            key: 'k',
            ts: Date.now(),
            ...fields,
          });
          await broker.produce(trial.topic, [{ value, partition: Math.floor(trial.random.next() * 2) }]);
          misfits++;
        };
        await trial.write(120);
        const changes = [
          { column: 'colour', change: () => ({ ...fields, colour: 'red' }) },
          { column: 'amount', change: () => ({ ...fields, amount: 1.5 }) },
          {
            column: 'sum',
            change: () => {
              const { amount: _, ...rest } = fields;
              return { ...rest, sum: 7 };
            },
          },
          { column: 'place', change: () => ({ ...fields, place: { city: 'Kiel', floor: 3 } }) },
        ].toSorted(() => trial.random.next() - 0.5);
        for (const { column, change } of changes) {
          fields = change();
          await trial.write(40);
          await misfit();
          await trial.recovered();
          for (const tab of trial.tabs) {
            const there = await within(10_000, async () => {
              const status = await tab.status();
              return status?.streams[STREAM]?.schema?.fields.some(({ name }) => name.startsWith(column)) ? true : null;
            });
            trial.expect(there === true, `${tab.name}: there is no column ${column}`);
          }
        }
        const dead = await within(10_000, async () =>
          (await trial.metric('highwater_relay_dead_letters_total')) === misfits ? misfits : null,
        );
        trial.expect(
          dead === misfits,
          `${misfits} records did not fit, ${await trial.metric('highwater_relay_dead_letters_total')} are dead letters`,
        );
        trial.figures['records that did not fit'] = misfits;
        return trial.verdict();
      },
    );
  },
};
