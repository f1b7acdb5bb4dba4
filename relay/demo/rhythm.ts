import { createRandom } from './random.ts';

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
const SPELL_MS = 10 * 60_000;

/** How busy a place is at this time of its day: 1 on average, 1.6 at its peak hour, 0.4 twelve hours later. */
export function dailyRhythm(timeMs: number, peakHourUtc: number): number {
  const hour = timeMs / HOUR_MS;
  return 1 + 0.6 * Math.cos(((hour - peakHourUtc) / DAY_HOURS) * 2 * Math.PI);
}

/** As `dailyRhythm`, of a place that is never very quiet: 1.24 at its peak hour, 0.76 twelve hours later. */
export function evenRhythm(timeMs: number, peakHourUtc: number): number {
  return 1 + 0.4 * (dailyRhythm(timeMs, peakHourUtc) - 1);
}

/** Waves of minutes, and in every ten minutes one burst of 30–75 s: about 1 on average, 0.75 to 2.2. */
export function restlessness(seed: number, timeMs: number): number {
  const waves = 0.94 + 0.1 * Math.sin(timeMs / 67_000) + 0.09 * Math.sin(timeMs / 23_000);
  return waves * burst(seed, timeMs);
}

function burst(seed: number, timeMs: number): number {
  const spell = Math.floor(timeMs / SPELL_MS);
  const random = createRandom(seed ^ Math.imul(spell, 0x9e3779b1));
  const lengthMs = random.between(30_000, 75_000);
  const startMs = spell * SPELL_MS + random.between(0, SPELL_MS - lengthMs);
  const at = (timeMs - startMs) / lengthMs;
  return at < 0 || at > 1 ? 1 : 1 + random.between(0.4, 0.9) * Math.sin(at * Math.PI);
}
