import type { CaseFile } from '../case-file.ts';
import type { Plan, Row, Scenario } from '../scenario.ts';

/** Storm's (end − length, end]: on whole numbers that is [start + 1, end + 1), a hop with an offset of one unit. */
export function expressStorm(file: CaseFile): Plan {
  const { length, slide } = (file.query as unknown as { window: { length: number; slide: number } }).window;
  const events = file.input as readonly Row[];
  const rows = events.filter(({ event }) => event !== undefined).map(({ event, ts }) => ({ event, ts_ms: ts }));
  const watermark = Number(events.find((event) => event.watermark !== undefined)?.watermark);
  const scenario: Scenario = {
    title: '',
    timeField: 'ts_ms',
    delay: '0ms',
    fields: { event: 'int64' },
    windows: { out: { window: `hop(${length}ms, ${slide}ms, 1ms)`, by: ['event'], select: { rows: 'count()' } } },
    output: 'out',
    mode: 'append',
    startMs: null,
    batches: [{ rows, watermarkMs: watermark }],
    closes: false,
    expected: {
      kind: 'all',
      rows: (file.expected as readonly { window_end: number; events: number[] }[]).flatMap(
        ({ window_end, events: held }) => held.map((event) => ({ window_end_ms: window_end + 1, event })),
      ),
    },
  };
  const how = `\`hop(${length}ms, ${slide}ms, 1ms)\` by event: the offset of 1 stands for the start-exclusive bounds`;
  return { kind: 'run', how, scenarios: [scenario] };
}
