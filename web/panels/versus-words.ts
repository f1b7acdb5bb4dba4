import type { Versus } from '../../contract/worker-api.ts';
import { formatValue } from '../format.ts';
import { formatMoment, type Zone } from '../format-time.ts';
import { durationWords } from './window-words.ts';

/** A number against the same length of time before. */
export interface VersusWords {
  /** `▲ 4.9 %` */
  readonly change: string;
  /** `5 min`: of now, and of before. */
  readonly length: string;
  /** What exactly is compared with what. */
  readonly whole: string;
}

/** Smaller changes are none. */
const LEAST_SHARE = 0.0005;

/** Null: nothing to compare, or no change worth a word. */
export function versusWords(
  versus: Versus | null,
  format: (value: number) => string,
  nowMs: number,
  zone: Zone,
): VersusWords | null {
  if (versus === null || versus.now === null || versus.before === null || versus.before === 0) return null;
  const { now, before, fromUs, untilUs, overUs } = versus;
  const share = (now - before) / Math.abs(before);
  if (!Number.isFinite(share) || Math.abs(share) < LEAST_SHARE) return null;
  const size = Math.abs(share);
  const percent = formatValue(size, { unit: 'percentunit', decimals: size >= 0.1 ? 0 : 1 }).text;
  const stretch = (us: number) => {
    const [fromMs, untilMs] = [(fromUs - us) / 1000, (untilUs - us) / 1000];
    return `${formatMoment(fromMs, nowMs, zone)} – ${formatMoment(untilMs, fromMs, zone)}`;
  };
  return {
    change: `${share > 0 ? '▲' : '▼'} ${percent}`,
    length: durationWords(overUs),
    whole: `${format(now)} in ${stretch(0)}, what is final of it, against ${format(before)} in ${stretch(overUs)}`,
  };
}
