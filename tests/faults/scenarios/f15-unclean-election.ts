import type { Scenario } from '../kit/scenario.ts';
import { within } from '../kit/time.ts';
import { Trial } from '../kit/trial.ts';
import { recordText } from '../kit/writers.ts';

export const f15: Scenario = {
  id: 'F15',
  fault: 'an unclean leader election: the log is cut below what was read, and grows past it',
  how: 'a replica that missed a random number of records comes to lead; other records take their offsets',
  letters: ['L', 'D', 'O', 'A', 'P', 'R', 'T'],
  also: 'a reset is told, and no row that Kafka lost is left',
  alone: true,
  run: async (world, seed) => {
    const cluster = await world.cluster();
    const unclean = {
      replicas: 2,
      configs: { 'unclean.leader.election.enable': 'true', 'min.insync.replicas': '1' },
    } as const;
    return Trial.run(
      world,
      'F15',
      seed,
      {
        source: {
          kind: 'kafka',
          brokers: cluster.addresses.join(','),
          writerBrokers: cluster.addresses,
          createTopic: (name) => cluster.createTopic(name, 1, unclean),
        },
        partitions: 1,
        nodeTabs: 2,
      },
      async (trial) => {
        const { topic, history, random } = trial;
        await trial.write(200);
        const leader = await cluster.leaderOf(topic, 0);
        const inSync = await within(30_000, async () => {
          const nodes = await cluster.inSyncOf(topic, 0);
          return nodes.length === 2 ? nodes : null;
        });
        const follower = inSync?.find((node) => node !== leader) ?? 0;
        await cluster.kill(follower);
        const parts = { run: trial.name, history, random, eventTimeMs: () => Date.now(), more: () => ({}) };
        const produce = async (producer: string, count: number) => {
          const seqs = Array.from({ length: count }, (_, seq) => seq);
          for (const seq of seqs) history.sent(producer, seq, 0);
          const records = seqs.map((seq) => ({ value: recordText(parts, producer, seq) }));
          await cluster.produce(topic, records, { acknowledged: 'leader' });
        };
        const lost = Math.floor(random.between(1, 100));
        await produce('lost', lost);
        for (let seq = 0; seq < lost; seq++) history.aborted('lost', seq);
        await within(30_000, async () => ((await cluster.inSyncOf(topic, 0)).length === 1 ? true : null));
        const held = await within(30_000, async () => {
          const [row] = (await trial.tabs[0]?.query("SELECT count(*) AS n FROM events WHERE producer = 'lost'")) ?? [];
          return Number(row?.n) === lost ? true : null;
        });
        trial.expect(held === true, 'the tab never held what was to be lost: nothing was tried');
        await cluster.kill(leader);
        await cluster.start(follower);
        try {
          await within(60_000, async () => ((await cluster.leaderOf(topic, 0)) === follower ? true : null));
          const others = lost + Math.floor(random.between(1, 100));
          await produce('others', others);
          for (let seq = 0; seq < others; seq++) history.acknowledged('others', seq);
        } finally {
          await cluster.start(leader);
        }
        await trial.recovered();
        const result = await trial.verdict({ mayMiss: () => false, mayTell: true });
        const also: { letter: '+'; text: string }[] = [];
        for (const tab of trial.tabs) {
          const { losses } = await tab.report();
          if (!losses.some(({ kind }) => kind === 'reset'))
            also.push({ letter: '+', text: `${tab.name}: no reset was told: ${JSON.stringify(losses)}` });
        }
        return {
          ...result,
          violations: [...result.violations, ...also],
          figures: { ...result.figures, 'records lost by Kafka': lost },
        };
      },
    );
  },
};
