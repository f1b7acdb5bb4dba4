import { startMosquitto } from '../../support/mosquitto.ts';
import { startProxy } from '../../support/proxy.ts';
import type { Scenario } from '../kit/scenario.ts';
import { Trial } from '../kit/trial.ts';

/** QoS 1 delivers again what was not acknowledged in time. */
const TIMES_PER_ATTEMPT = 20;

export const f18: Scenario = {
  id: 'F18',
  fault: 'MQTT: links that break, a relay that dies, a broker that forgets the session',
  how: 'QoS 1; resets between relay and broker and a kill -9 of the relay at random moments; then kill -9 of the broker, which remembers nothing',
  letters: ['L', 'D', 'O', 'A', 'P', 'R', 'T'],
  also: 'nothing is lost while the broker keeps the session; once it does not, a gap of unknown size is told',
  run: async (world, seed) => {
    const broker = await startMosquitto();
    const proxy = await startProxy({ target: () => broker.port });
    try {
      return await Trial.run(
        world,
        'F18',
        seed,
        {
          source: { kind: 'mqtt', url: `mqtt://127.0.0.1:${proxy.port}`, writerUrl: broker.url },
          nodeTabs: 2,
        },
        async (trial) => {
          await trial.writingDuring(async () => {
            for (let time = 0; time < trial.lasting(15, 4); time++) {
              await trial.pause(100, 700);
              proxy.resetAll();
            }
            await trial.pause(200, 800);
            await trial.relay.kill();
            await trial.pause(100, trial.lasting(5_000, 1_000));
            await trial.relay.start();
            await trial.recovered();
          });
          await trial.settle();
          const strict = await trial.verdict({ timesPerAttempt: TIMES_PER_ATTEMPT });
          const known = new Set(trial.history.records);
          await trial.writingDuring(async () => {
            await trial.pause(100, 500);
            await broker.kill();
            await trial.pause(100, 500);
            await broker.start();
            await trial.recovered();
          });
          const result = await trial.verdict({
            timesPerAttempt: TIMES_PER_ATTEMPT,
            mayMiss: (record) => !known.has(record),
          });
          const also: { letter: '+'; text: string }[] = [];
          for (const tab of trial.tabs) {
            const { losses, rows } = await tab.report();
            if (!losses.some(({ kind, missing }) => kind === 'gap' && missing === null))
              also.push({
                letter: '+',
                text: `${tab.name}: no gap of unknown size was told: ${JSON.stringify(losses)}`,
              });
            trial.figures['rows delivered again'] =
              rows.length - new Set(rows.map(({ producer, seq }) => `${producer} ${seq}`)).size;
          }
          return {
            ...result,
            violations: [...strict.violations, ...result.violations, ...also],
            figures: { ...result.figures, ...trial.figures },
          };
        },
      );
    } finally {
      await proxy.stop();
      await broker.stop();
    }
  },
};
