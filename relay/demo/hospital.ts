import { Emergency } from './emergency.ts';
import { Beds } from './hospital-beds.ts';
import { HOSPITALS, RESCUE_ZONES, TRIAGE } from './hospital-plan.ts';
import { Rescue } from './rescue.ts';
import { evenRhythm, restlessness } from './rhythm.ts';
import type { Simulation, SimulatorOptions } from './simulation.ts';
import { World } from './world.ts';

/**
 * A simulated region: four hospitals, their emergency departments and intensive care, and the ambulances between them.
 *
 *     walk in ───────────────────────────▶ emergency department: triage ─▶ wait ─▶ doctor ─▶ home
 *     call ─▶ ambulance: dispatched ─▶ at scene ─▶ transporting ─▶ hospital ─▶ free    └──▶ intensive care, or a transfer
 *
 * Once in a while very many are hurt at once. Stays on the wards are shortened, so that a shift is seen in an hour. Most of
 * what is told says where each bed and ambulance is: `rate` decides how often, and patients come by the hours of the day alone.
 */
export function createHospital(options: SimulatorOptions): Simulation {
  const world = new World(options);
  const { random } = world;
  const { startMs, seed, rate, utcOffsetMs = 0 } = options;
  const warmMs = startMs - WARM_UP_MS;
  const scale = rate / USUAL_RATE;
  const rhythm = (timeMs: number) => evenRhythm(timeMs + utcOffsetMs, PEAK_HOUR);
  const busy = (timeMs: number) => rhythm(timeMs) * restlessness(seed, timeMs);

  const beds = new Beds(world, { warmMs, tellMs: BEDS_TOLD_MS / scale, utcOffsetMs });
  const emergency = new Emergency(world, { beds, staffing: rhythm, warmMs, tellMs: BEDS_TOLD_MS / scale / 2 });
  const rescue = new Rescue(world, { emergency, warmMs, tellMs: PLACES_TOLD_MS / scale });
  world.repeat(
    warmMs,
    (timeMs) => random.exponential(60_000 / (WALK_INS_PER_MINUTE * busy(timeMs))),
    (timeMs) => emergency.arrive(timeMs, random.pick(HOSPITALS).hospital, random.pick(TRIAGE), 'walk-in'),
  );
  world.repeat(
    warmMs,
    (timeMs) => random.exponential(60_000 / (CALLS_PER_MINUTE * busy(timeMs))),
    (timeMs) => rescue.call(timeMs, random.pick(RESCUE_ZONES).zone),
  );
  world.repeat(
    startMs + random.between(1, 6) * 60_000,
    () => random.between(0.7, 1.3) * DISASTER_EVERY_MS,
    (timeMs) => rescue.disaster(timeMs, random.pick(RESCUE_ZONES).zone),
  );
  return world;
}

/** The rate of the numbers below. */
const USUAL_RATE = 15;
const WALK_INS_PER_MINUTE = 4.2;
const CALLS_PER_MINUTE = 0.32;
const DISASTER_EVERY_MS = 40 * 60_000;
const PEAK_HOUR = 15;
const WARM_UP_MS = 90 * 60_000;
/** How often each bed and each ambulance is told of. */
const BEDS_TOLD_MS = 8_300;
const PLACES_TOLD_MS = 3_000;
