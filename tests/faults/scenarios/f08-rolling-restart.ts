import { join } from 'node:path';
import type { Scenario } from '../kit/scenario.ts';
import { sharedKafka } from '../kit/sources.ts';
import { Trial } from '../kit/trial.ts';

export const f08: Scenario = {
  id: 'F8',
  fault: 'a rolling restart of two relays behind one address',
  how: 'each relay in turn is stopped (SIGTERM) at a random moment, while new connections go to the other; then it is started again',
  letters: ['L', 'D', 'O', 'A', 'P', 'R', 'T'],
  also: 'a tab connects again at most once per relay that goes; no panel shows an error',
  run: async (world, seed) =>
    Trial.run(world, 'F8', seed, { source: await sharedKafka(world), nodeTabs: 0 }, async (trial) => {
      const other = await trial.startRelay(join(trial.folder, 'data of the other'));
      trial.after(() => other.kill());
      const relays = [trial.relay, other] as const;
      let serving: 0 | 1 = 0;
      const target = () => relays[serving].port;
      await trial.openNode('node 1', target);
      await trial.openNode('node 2', target);
      await trial.openChromium('chromium 1', target);
      await trial.recovered();
      await trial.writingDuring(async () => {
        for (let time = 0; time < trial.lasting(6, 2); time++) {
          await trial.pause(300, 1_500);
          const leaving = relays[serving];
          const before = trial.proxies.map(({ accepted }) => accepted);
          serving = serving === 0 ? 1 : 0;
          await leaving.stop();
          await trial.recovered();
          for (const [index, { accepted }] of trial.proxies.entries()) {
            // A browser loads its page by connections too: only sockets of tabs in Node are counted.
            if (!trial.tabs[index]?.name.startsWith('node')) continue;
            const opened = accepted - (before[index] ?? 0);
            trial.expect(opened <= 1, `${trial.tabs[index]?.name}: ${opened} connections after one relay had gone`);
          }
          for (const tab of trial.chromiumTabs) {
            const shown = await tab.page.locator('[data-panel][data-state="error"]').count();
            trial.expect(shown === 0, `${tab.name}: ${shown} panels show an error`);
          }
          await leaving.start();
        }
      });
      return trial.verdict();
    }),
};
