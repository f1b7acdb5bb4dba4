import { type DemoOptions, startDemo } from '../demo/start-demo.ts';
import { createMqttSource } from './mqtt.ts';
import type { Source, SourceEvent, StartFrom } from './source.ts';

/** A simulated stream: each `read` has a broker and a simulation of its own, which end with it. */
export function createDemoSource(options: DemoOptions & { readonly epoch: string }): Source {
  let published: Source | null = null;
  async function* read(from: StartFrom, signal: AbortSignal): AsyncIterable<SourceEvent> {
    const demo = await startDemo(options);
    try {
      const { epoch, clock } = options;
      published = createMqttSource({ url: demo.mqttUrl, filter: demo.filter, epoch, clock });
      yield* published.read(from, signal);
    } finally {
      await demo.close();
    }
  }
  return {
    replayable: false,
    startsAnew: 'the demo was started again: its past is simulated anew at each start',
    label: `the simulated ${options.name}`,
    read,
    committed: (next) => published?.committed?.(next),
  };
}
