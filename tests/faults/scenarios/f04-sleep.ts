import { chromium } from 'playwright';
import { CHROMIUM_FLAGS } from '../../support/chromium.ts';
import { findChromium } from '../../support/tools.ts';
import { withDescendants } from '../kit/process-figures.ts';
import type { Scenario } from '../kit/scenario.ts';
import { sharedKafka } from '../kit/sources.ts';
import { sleep } from '../kit/time.ts';
import { Trial } from '../kit/trial.ts';

export const f04: Scenario = {
  id: 'F4',
  fault: 'a laptop sleeps',
  how: 'all processes of a browser are stopped (SIGSTOP) at a random moment for 10 min (short: 10 heartbeats), and go on',
  letters: ['L', 'D', 'O', 'A', 'P', 'R', 'T'],
  also: 'the other tab goes on meanwhile, and the relay lets the sleeping one go',
  run: async (world, seed) =>
    Trial.run(world, 'F4', seed, { source: await sharedKafka(world), nodeTabs: 1 }, async (trial) => {
      // A browser of its own: it stops as a whole.
      const server = await chromium.launchServer({ executablePath: await findChromium(), args: [...CHROMIUM_FLAGS] });
      trial.after(() => server.close());
      const browser = await chromium.connect(server.wsEndpoint());
      await trial.openChromium('chromium 1', undefined, browser);
      await trial.openChromium('chromium 2', undefined, browser);
      await trial.recovered();
      await trial.writingDuring(async () => {
        await trial.pause(200, 1_500);
        const processes = withDescendants(server.process().pid ?? 0);
        const signal = (name: NodeJS.Signals) => {
          for (const pid of processes) process.kill(pid, name);
        };
        signal('SIGSTOP');
        try {
          await sleep(trial.lasting(600_000, 10 * trial.heartbeatMs));
          const sessions = await trial.metric('highwater_relay_subscribers');
          trial.expect(sessions === 1, `the relay still serves ${sessions} tabs, one of them awake`);
          await trial.recovered(trial.tabs.filter(({ name }) => name.startsWith('node')));
        } finally {
          signal('SIGCONT');
        }
        await trial.recovered();
      });
      return trial.verdict();
    }),
};
