import { FAULTS, IDLE_REASONS, type MachinePlan, shiftAt } from './factory-plan.ts';
import type { SimulatorOptions } from './simulation.ts';
import type { World } from './world.ts';

export type MachineState = 'running' | 'idle' | 'changeover' | 'fault' | 'maintenance';

interface MachineEvent {
  readonly event_id: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly timestamp: string;
  readonly line: string;
  readonly machine: string;
  readonly shift: string;
  /** What it is in after this. */
  readonly state: MachineState;
}

/** A row of the factory's stream. */
export type FactoryEvent =
  | (MachineEvent & { readonly event: 'state'; readonly reason: string | null })
  | (MachineEvent & {
      readonly event: 'cycle';
      readonly cycle_time_s: number;
      /** What it would take at best. */
      readonly ideal_cycle_s: number;
      readonly part: 'good' | 'scrap';
      readonly scrap_reason?: string;
      readonly diameter_mm: number;
    })
  | (MachineEvent & {
      readonly event: 'telemetry';
      readonly temperature_c: number;
      readonly power_kw: number;
      /** Why it does not run. */
      readonly reason?: string;
      /** Since the telemetry before. */
      readonly energy_kwh: number;
      readonly planned_s: number;
      readonly running_s: number;
      /** Parts the plan has for that time. */
      readonly planned_parts: number;
    });

const NOMINAL_MM = 25;
/** Good is within ± this. */
const TOLERANCE_MM = 0.03;
const NOISE_MM = 0.0055;
/** From a new tool to one that is worn out. */
const WEAR_MM = 0.011;
/** The plan counts on this share of what would be possible at best. */
const PLANNED_SHARE = 0.72;
const POWER_SHARE = { running: 1, idle: 0.22, changeover: 0.15, fault: 0.12, maintenance: 0.04 } as const;
const IDLE_MINUTES = 12;
const AMBIENT_C = 24;
const WARMING_MS = 90_000;

interface MachineParts {
  readonly world: World;
  readonly plan: MachinePlan;
  /** Cycles take so many times as long. */
  readonly slower: number;
  readonly options: SimulatorOptions;
  readonly warmMs: number;
}

export class Machine {
  readonly #parts: MachineParts;
  readonly #idealS: number;
  #state: MachineState = 'running';
  #reason: string | null = null;
  /** Rises with each change, so that what was planned for a state before is known as such. */
  #change = 0;
  #sinceMs: number;
  #lookedMs: number;
  #runningMs = 0;
  #plannedMs = 0;
  #temperatureC: number;
  #toolParts: number;
  #driftMm = 0;
  #driftUntilMs = 0;

  constructor(parts: MachineParts) {
    this.#parts = parts;
    const { world, plan, warmMs } = parts;
    this.#idealS = plan.idealS * parts.slower;
    this.#sinceMs = warmMs;
    this.#lookedMs = warmMs;
    this.#temperatureC = plan.temperatureC;
    this.#toolParts = Math.floor(world.random.between(0, 0.8) * plan.toolParts);
    world.repeat(
      warmMs + world.random.exponential(plan.driftMinutes * 60_000),
      () => Math.max(4 * 60_000, world.random.exponential(plan.driftMinutes * 60_000)),
      (timeMs) => this.#drift(timeMs),
    );
    this.#run(warmMs);
  }

  changeOver(timeMs: number): void {
    this.#parts.world.plan(timeMs, (now) => {
      if (this.#state === 'running' || this.#state === 'idle')
        this.#stop(now, 'changeover', 'next product', this.#lasts(120, 0.25));
    });
  }

  /** Telemetry: how it is, and what has been since the one before. */
  look(timeMs: number): void {
    const { world, plan } = this.#parts;
    const unplanned = this.#shift(timeMs).unplanned;
    if (unplanned !== null && this.#state === 'running') this.#stop(timeMs, 'idle', unplanned, 60_000);
    this.#pass(timeMs);
    const sinceMs = timeMs - this.#lookedMs;
    this.#lookedMs = timeMs;
    const target = this.#state === 'running' ? plan.temperatureC : AMBIENT_C + 6;
    const hot = this.#reason === 'overheated' ? 31 : 0;
    this.#temperatureC += (target + hot - this.#temperatureC) * Math.min(1, sinceMs / WARMING_MS);
    const powerKw = plan.powerKw * POWER_SHARE[this.#state] * world.random.between(0.93, 1.07);
    this.#tell(timeMs, 'telemetry', {
      ...(this.#reason !== null && { reason: this.#reason }),
      temperature_c: round(this.#temperatureC + world.random.between(-0.4, 0.4), 1),
      power_kw: round(powerKw, 2),
      energy_kwh: round((powerKw * sinceMs) / 3_600_000, 6),
      planned_s: round(this.#plannedMs / 1000, 3),
      running_s: round(this.#runningMs / 1000, 3),
      planned_parts: round((this.#plannedMs / 1000 / this.#idealS) * PLANNED_SHARE, 4),
    });
    this.#plannedMs = 0;
    this.#runningMs = 0;
  }

  #run(timeMs: number): void {
    const { world, plan } = this.#parts;
    const unplanned = this.#shift(timeMs).unplanned;
    if (unplanned !== null) {
      this.#stop(timeMs, 'idle', unplanned, 30_000);
      return;
    }
    this.#become(timeMs, 'running', null);
    const change = this.#change;
    const faultMs = world.random.exponential(plan.faultMinutes * 60_000);
    const idleMs = world.random.exponential(IDLE_MINUTES * 60_000);
    const isFault = faultMs < idleMs;
    world.plan(timeMs + Math.min(faultMs, idleMs), (now) => {
      if (change !== this.#change) return;
      const why = isFault ? world.random.pick(FAULTS) : world.random.pick(IDLE_REASONS);
      this.#stop(now, isFault ? 'fault' : 'idle', why.reason, this.#lasts(why.medianS, why.spread));
    });
    this.#cycle(timeMs, change);
  }

  /** One part after the other, as long as it runs. */
  #cycle(timeMs: number, change: number): void {
    const { world } = this.#parts;
    const seconds = this.#idealS * (1.02 + Math.abs(world.random.logNormal(0.06, 0.7)));
    world.plan(timeMs + seconds * 1000, (now) => {
      if (change !== this.#change) return;
      this.#make(now, seconds);
      if (this.#toolParts > this.#parts.plan.toolParts)
        this.#stop(now, 'maintenance', 'tool change', this.#lasts(75, 0.3));
      else this.#cycle(now, change);
    });
  }

  #make(timeMs: number, seconds: number): void {
    const { world, plan } = this.#parts;
    const { random } = world;
    if (timeMs >= this.#driftUntilMs) this.#driftMm = 0;
    const wearMm = (this.#toolParts++ / plan.toolParts - 0.4) * WEAR_MM;
    const diameter = round(NOMINAL_MM + wearMm + this.#driftMm + random.logNormal(1, NOISE_MM) - 1, 4);
    const isOff = Math.abs(diameter - NOMINAL_MM) > TOLERANCE_MM;
    const scrap = isOff ? 'dimension' : random.chance(0.011) ? (random.chance(0.6) ? 'surface' : 'burr') : null;
    this.#tell(timeMs, 'cycle', {
      cycle_time_s: round(seconds, 3),
      ideal_cycle_s: round(this.#idealS, 3),
      part: scrap === null ? 'good' : 'scrap',
      ...(scrap !== null && { scrap_reason: scrap }),
      diameter_mm: diameter,
    });
  }

  /** Parts are off by more than chance from here on, for some minutes. */
  #drift(timeMs: number): void {
    const { random } = this.#parts.world;
    this.#driftMm = (random.chance(0.7) ? 1 : -1) * random.between(0.013, 0.022);
    this.#driftUntilMs = timeMs + random.between(60_000, 170_000);
  }

  #stop(timeMs: number, state: MachineState, reason: string, forMs: number): void {
    this.#become(timeMs, state, reason);
    const change = this.#change;
    this.#parts.world.plan(timeMs + forMs, (now) => {
      if (change !== this.#change) return;
      // A tool that broke is new after that; so is one that was changed.
      if (reason === 'tool broken' || reason === 'tool change' || state === 'changeover') this.#toolParts = 0;
      this.#run(now);
    });
  }

  #become(timeMs: number, state: MachineState, reason: string | null): void {
    this.#pass(timeMs);
    const isNews = state !== this.#state || reason !== this.#reason;
    this.#change++;
    this.#state = state;
    this.#reason = reason;
    if (isNews) this.#tell(timeMs, 'state', { reason });
  }

  /** Time in the state it has been in goes where it belongs. */
  #pass(timeMs: number): void {
    const passedMs = timeMs - this.#sinceMs;
    this.#sinceMs = timeMs;
    if (this.#state === 'running') this.#runningMs += passedMs;
    if (this.#reason !== 'break' && this.#reason !== 'handover') this.#plannedMs += passedMs;
  }

  #shift(timeMs: number) {
    return shiftAt(timeMs + (this.#parts.options.utcOffsetMs ?? 0), this.#parts.plan.line);
  }

  #lasts(medianS: number, spread: number): number {
    return this.#parts.world.random.logNormal(medianS, spread) * 1000;
  }

  #tell(timeMs: number, event: FactoryEvent['event'], more: object): void {
    const { world, plan } = this.#parts;
    world.tell(timeMs, `factory/${plan.line}/${plan.name}/${event}`, {
      event,
      line: plan.line,
      machine: plan.name,
      shift: this.#shift(timeMs).shift,
      state: this.#state,
      ...more,
    });
  }
}

function round(value: number, decimals: number): number {
  return Math.round(value * 10 ** decimals) / 10 ** decimals;
}
