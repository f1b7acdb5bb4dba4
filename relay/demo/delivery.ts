import type { Random } from './random.ts';

/** How long an event is on its way. Most arrive at once; 2 % up to 8 s late, 2 in 1,000 by 30–60 s, 1 in 3,000 by minutes. */
export function deliveryDelayMs(random: Random): number {
  const dice = random.next();
  if (dice < 1 / 3000) return random.between(180_000, 480_000);
  if (dice < 1 / 3000 + 0.002) return random.between(30_000, 60_000);
  if (dice < 1 / 3000 + 0.022) return random.between(100, 8_000);
  return 0;
}
