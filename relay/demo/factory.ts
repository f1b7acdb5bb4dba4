import { Machine } from './factory-machine.ts';
import { LINES, MACHINES } from './factory-plan.ts';
import type { Simulation, SimulatorOptions } from './simulation.ts';
import { World } from './world.ts';

/**
 * A simulated factory floor: two lines of three machines that turn, mill and grind rollers of 25 mm.
 *
 *     line ── planned ──▶ machine: running ⇄ idle, changeover, fault, maintenance      told at each change
 *             (shifts)        ├─▶ cycles: a part each, good or scrap, measured
 *                             └─▶ telemetry: temperature, power, and what of the time since the last was planned and run
 *
 * A changeover is the whole line's. A tool wears with each part until it is changed; now and then a machine makes parts that are
 * off by more than chance, for some minutes.
 */
export function createFactory(options: SimulatorOptions): Simulation {
  const { startMs, rate } = options;
  const world = new World(options);
  const warmMs = startMs - WARM_UP_MS;
  // Below the usual rate machines are slower; beyond it they are looked at more often.
  const slower = Math.max(1, FULL_SPEED_RATE / rate);
  const cyclesPerSecond = MACHINES.reduce((sum, { idealS }) => sum + USUAL_RUNNING / (idealS * slower), 0);
  const telemetryMs = (MACHINES.length * 1000) / Math.max(rate - cyclesPerSecond, rate / 4);
  for (const line of LINES) {
    const machines = MACHINES.filter((plan) => plan.line === line.name).map(
      (plan) => new Machine({ world, plan, slower, options, warmMs }),
    );
    for (const [index, machine] of machines.entries())
      world.repeat(
        warmMs + ((index + 1) / machines.length) * telemetryMs,
        () => telemetryMs,
        (timeMs) => machine.look(timeMs),
      );
    world.repeat(
      warmMs + line.firstChangeoverMs,
      () => world.random.between(0.8, 1.3) * CHANGEOVER_EVERY_MS,
      (timeMs) => {
        for (const machine of machines) machine.changeOver(timeMs + world.random.between(0, 20_000));
      },
    );
  }
  return world;
}

/** The rate at which machines run at their full speed. */
const FULL_SPEED_RATE = 40;
/** The share of its ideal cycles a machine makes, about; with it the rate asked for is met. */
const USUAL_RUNNING = 0.67;
const WARM_UP_MS = 5 * 60_000;
const CHANGEOVER_EVERY_MS = 42 * 60_000;
