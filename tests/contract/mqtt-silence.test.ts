import { expect, test } from 'vitest';
import type { Clock } from '../../contract/clock.ts';
import { mqttAddress } from '../../relay/sources/mqtt/address.ts';
import { openLink } from '../../relay/sources/mqtt/link.ts';
import { startMosquitto } from '../support/mosquitto.ts';

/** Half a minute of silence passes in 1.5 s; the broker's answers are real. */
const quick: Clock = {
  nowMs: () => performance.now() * 20,
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs / 20);
    return () => clearTimeout(timer);
  },
};

test('S10 a link over which nothing comes but answers to pings stays', async () => {
  const broker = await startMosquitto();
  try {
    const link = await openLink(
      {
        address: mqttAddress(broker.url, {}),
        certificates: null,
        clientId: 'quiet',
        clean: true,
        lasting: false,
        receiveMaximum: 10,
        clock: quick,
        asking: async () => undefined,
        refused: () => undefined,
        opened: () => undefined,
        publish: () => undefined,
        release: () => undefined,
      },
      new AbortController().signal,
    );
    const twoMinutes = new Promise((resolve) => quick.after(120_000, () => resolve('open')));
    expect(await Promise.race([link.lost, twoMinutes])).toBe('open');
    await link.close(true);
  } finally {
    await broker.stop();
  }
});
