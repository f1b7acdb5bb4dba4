import type { Scenario } from '../kit/scenario.ts';
import { kafkaOf } from '../kit/sources.ts';
import { within } from '../kit/time.ts';
import { Trial } from '../kit/trial.ts';
import { startProxiedKafka } from '../kit/world.ts';

export const f10: Scenario = {
  id: 'F10',
  fault: 'the only Kafka broker is killed (kill -9) and started again',
  how: 'at a random moment while a producer writes, which tries again; away for up to 20 s (short: 1)',
  letters: ['L', 'D', 'O', 'A', 'P', 'R', 'T'],
  also: '/readyz says 503 while it is away and 200 after',
  run: async (world, seed) => {
    // Its own: the others' goes on.
    const kafka = await startProxiedKafka();
    try {
      return await Trial.run(world, 'F10', seed, { source: kafkaOf(kafka.broker), nodeTabs: 2 }, (trial) =>
        trial
          .writingDuring(async () => {
            await trial.pause(200, 2_000);
            await kafka.broker.kill();
            const away = await within(30_000, async () => ((await trial.get('/readyz'))?.status === 503 ? true : null));
            trial.expect(away === true, '/readyz did not say 503 while the broker was away');
            await trial.pause(0, trial.lasting(20_000, 1_000));
            await kafka.broker.start();
            await trial.recovered();
            const back = await within(30_000, async () => ((await trial.get('/readyz'))?.status === 200 ? true : null));
            trial.expect(back === true, '/readyz did not say 200 after the broker was back');
          })
          .then(() => trial.verdict()),
      );
    } finally {
      await kafka.stop();
    }
  },
};
