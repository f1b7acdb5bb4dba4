import { cpuMs } from '../kit/process-figures.ts';
import type { Scenario } from '../kit/scenario.ts';
import { sleep } from '../kit/time.ts';
import { Trial } from '../kit/trial.ts';

const MAX_CPU_SHARE = 0.2;

export const f12: Scenario = {
  id: 'F12',
  fault: 'the relay and the broker are parted; the link flaps',
  how: 'their link is a blackhole for 60 s (short: 4), then it is refused and reset in turn at random moments',
  letters: ['L', 'D', 'O', 'A', 'P', 'R', 'T'],
  also: `the relay takes less than ${MAX_CPU_SHARE * 100} % of a processor while it is cut off`,
  run: async (world, seed) => {
    const { broker, proxy } = await world.kafka();
    return Trial.run(
      world,
      'F12',
      seed,
      {
        source: {
          kind: 'kafka',
          brokers: `127.0.0.1:${proxy.port}`,
          writerBrokers: [broker.address],
          createTopic: (name, partitions) => broker.createTopic(name, partitions),
        },
        nodeTabs: 2,
      },
      async (trial) => {
        try {
          await trial.pause(100, 800);
          proxy.set({ kind: 'blackhole' });
          await trial.write(500);
          const pid = trial.relay.pid ?? 0;
          const before = cpuMs(pid);
          const lastsMs = trial.lasting(60_000, 4_000);
          await sleep(lastsMs);
          const after = cpuMs(pid);
          if (before !== null && after !== null) {
            const share = (after - before) / lastsMs;
            trial.figures['processor while cut off, %'] = Math.round(share * 100);
            trial.expect(share < MAX_CPU_SHARE, `the relay took ${Math.round(share * 100)} % of a processor`);
          }
          proxy.set({ kind: 'pass' });
          await trial.recovered();
          await trial.writingDuring(async () => {
            for (let time = 0; time < trial.lasting(15, 4); time++) {
              await trial.pause(100, 500);
              await proxy.refuse();
              proxy.resetAll();
              await trial.pause(50, 700);
              await proxy.listen();
            }
            await trial.recovered();
          });
        } finally {
          proxy.set({ kind: 'pass' });
        }
        return trial.verdict();
      },
    );
  },
};
