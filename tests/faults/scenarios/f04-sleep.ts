import { chromium } from 'playwright';
import { CHROMIUM_FLAGS } from '../../support/chromium.ts';
import { findChromium } from '../../support/tools.ts';
import { withDescendants } from '../kit/process-figures.ts';
import type { Scenario } from '../kit/scenario.ts';
import { sharedKafka } from '../kit/sources.ts';
import { sleep, within } from '../kit/time.ts';
import { Trial } from '../kit/trial.ts';

export const f04: Scenario = {
  id: 'F4',
  fault: 'a laptop sleeps',
  how: 'all processes of a browser are stopped (SIGSTOP) for 10 min (short: 20 heartbeats), and go on: at a random moment, and again as it connects',
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
      const signal = (processes: readonly number[], name: NodeJS.Signals) => {
        for (const pid of processes) process.kill(pid, name);
      };
      const sleeps = async () => {
        const processes = withDescendants(server.process().pid ?? 0);
        signal(processes, 'SIGSTOP');
        try {
          await sleep(trial.lasting(600_000, 20 * trial.heartbeatMs));
          const sessions = await trial.metric('highwater_relay_subscribers');
          trial.expect(sessions === 1, `the relay still serves ${sessions} tabs, one of them awake`);
          await trial.recovered(trial.tabs.filter(({ name }) => name.startsWith('node')));
        } finally {
          signal(processes, 'SIGCONT');
        }
        await trial.recovered();
      };
      await trial.writingDuring(async () => {
        await trial.pause(200, 1_500);
        await sleeps();
        // Again while they connect: the relay has taken the socket, and hears nothing by it.
        const proxies = trial.chromiumTabs.map(({ proxy }) => proxy);
        const accepted = () => proxies.reduce((sum, proxy) => sum + proxy.accepted, 0);
        const before = accepted();
        for (const proxy of proxies) {
          proxy.set({ kind: 'latency', ms: 300 });
          proxy.cutAll();
        }
        await within(10_000, async () => (accepted() > before ? true : null), 10);
        await trial.pause(300, 700);
        for (const proxy of proxies) proxy.set({ kind: 'pass' });
        await sleeps();
      });
      return trial.verdict();
    }),
};
