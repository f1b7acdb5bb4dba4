import { MIN_TIME_US } from '../../../contract/protocol/frame.ts';
import { Watermark } from '../../../relay/watermark.ts';
import type { CaseFile } from '../case-file.ts';
import type { Plan, Row } from '../scenario.ts';

/**
 * The watermark of a union of two streams, as the relay has it for two partitions of one. Their delays differ and ours
 * is one for both, so the second's times are shifted by what its delay is shorter. Spark says 0 where there is none yet.
 */
export function twoStreamsMin(file: CaseFile): Plan {
  const delays = file.query.streams as Readonly<Record<string, { watermark_delay_ms: number }>>;
  const delayMs = delays.first?.watermark_delay_ms ?? 0;
  const watermark = new Watermark(delayMs * 1000, 5_000, { nowMs: () => 0, after: () => () => undefined });
  for (const partition of Object.keys(delays).keys()) watermark.open(partition);
  const rows = file.input as readonly Row[];
  const found = (file.expected as readonly Row[]).map(({ op }) => {
    for (const { stream, ts_ms } of rows.filter((row) => row.op === op)) {
      const shiftMs = delayMs - (delays[String(stream)]?.watermark_delay_ms ?? 0);
      watermark.observe(Object.keys(delays).indexOf(String(stream)), (Number(ts_ms) + shiftMs) * 1000);
    }
    const currentUs = watermark.currentUs();
    return { op, global_watermark_ms: currentUs === MIN_TIME_US ? 0 : currentUs / 1000 };
  });
  return {
    kind: 'run',
    how: 'the relay’s watermark over two partitions; rows of a union wait for joins',
    scenarios: [],
    checks: [{ what: 'gives the same watermarks', found, wanted: file.expected }],
  };
}
