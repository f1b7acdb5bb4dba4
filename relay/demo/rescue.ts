import type { Emergency } from './emergency.ts';
import { AMBULANCES, HOSPITALS, RESCUE_ZONES, TRIAGE } from './hospital-plan.ts';
import type { World } from './world.ts';

export type AmbulanceState = 'free' | 'dispatched' | 'at scene' | 'transporting' | 'at hospital' | 'out of service';

interface Ambulance {
  readonly ambulance: string;
  /** Where it waits. */
  readonly home: string;
  zone: string;
  state: AmbulanceState;
}

interface Call {
  readonly zone: string;
  readonly calledMs: number;
  readonly isDisaster: boolean;
}

interface RescueOptions {
  readonly emergency: Emergency;
  readonly warmMs: number;
  readonly tellMs: number;
}

const OUT_EVERY_MS = 14 * 60_000;
const RESPONSE_TARGET_MIN = 8;
/** What ambulances bring is more urgent than what walks in. */
const BROUGHT = TRIAGE.map((one, index) => ({ ...one, of: one, weight: [14, 34, 38, 13, 1][index] ?? 0 }));

/** Ambulances, each in one state after the other; calls wait for the nearest that is free. */
export class Rescue {
  readonly #world: World;
  readonly #emergency: Emergency;
  readonly #fleet: readonly Ambulance[] = AMBULANCES.map(({ ambulance, zone }) => ({
    ambulance,
    home: zone,
    zone,
    state: 'free',
  }));
  readonly #calls: Call[] = [];

  constructor(world: World, { emergency, warmMs, tellMs }: RescueOptions) {
    this.#world = world;
    this.#emergency = emergency;
    for (const [index, ambulance] of this.#fleet.entries())
      world.repeat(
        warmMs + (index / this.#fleet.length) * tellMs,
        () => tellMs,
        (timeMs) => this.#tell(timeMs, ambulance),
      );
    world.repeat(
      warmMs,
      () => world.random.between(0.6, 1.4) * OUT_EVERY_MS,
      (timeMs) => this.#takeOut(timeMs),
    );
  }

  call(timeMs: number, zone: string, isDisaster = false): void {
    this.#world.tell(timeMs, `hospital/rescue/${zone}/calls`, { event: 'call', zone, mass_casualty: isDisaster });
    const call = { zone, calledMs: timeMs, isDisaster };
    // Who is hurt among many goes before what can wait.
    if (isDisaster) this.#calls.unshift(call);
    else this.#calls.push(call);
    this.#dispatchNext(timeMs);
  }

  /** A bus, a factory, a concert: about a dozen are hurt within minutes. */
  disaster(timeMs: number, zone: string): void {
    const { random } = this.#world;
    const hurt = Math.round(random.between(8, 14));
    this.#world.tell(timeMs, `hospital/rescue/${zone}/alarm`, { event: 'mass_casualty', zone, hurt });
    for (let one = 0; one < hurt; one++)
      this.#world.plan(timeMs + random.between(0, 5 * 60_000), (now) => this.call(now, zone, true));
  }

  #dispatchNext(timeMs: number): void {
    const { random } = this.#world;
    const free = this.#fleet.filter(({ state }) => state === 'free');
    const call = free.length === 0 ? undefined : this.#calls.shift();
    const ambulance = free.find(({ zone }) => zone === call?.zone) ?? free[0];
    if (call === undefined || ambulance === undefined) return;
    const isNear = ambulance.zone === call.zone;
    const driveMin = RESCUE_ZONES.find(({ zone }) => zone === call.zone)?.driveMin ?? 6;
    const toMs = random.logNormal((driveMin + (isNear ? 0 : 3)) * 60_000, 0.3);
    const hospital = random.pick(HOSPITALS).hospital;
    this.#become(timeMs, ambulance, 'dispatched');
    this.#world.plan(timeMs + toMs, (thereMs) => {
      ambulance.zone = call.zone;
      const response_min = (thereMs - call.calledMs) / 60_000;
      this.#become(thereMs, ambulance, 'at scene', {
        response_min: Math.round(response_min * 100) / 100,
        target_min: RESPONSE_TARGET_MIN,
        in_time: response_min <= RESPONSE_TARGET_MIN,
      });
      this.#world.plan(thereMs + random.logNormal(5 * 60_000, 0.35), (leavesMs) => {
        this.#become(leavesMs, ambulance, 'transporting', { hospital });
        this.#world.plan(leavesMs + random.logNormal(7 * 60_000, 0.3), (now) => this.#bring(now, ambulance, hospital));
      });
    });
  }

  #bring(timeMs: number, ambulance: Ambulance, hospital: string): void {
    const { random } = this.#world;
    this.#become(timeMs, ambulance, 'at hospital', { hospital });
    this.#emergency.arrive(timeMs, hospital, random.pick(BROUGHT).of, 'ambulance');
    this.#world.plan(timeMs + random.logNormal(4 * 60_000, 0.3), (now) => {
      ambulance.zone = ambulance.home;
      this.#become(now, ambulance, 'free');
      this.#dispatchNext(now);
    });
  }

  /** To be refuelled, disinfected or mended. */
  #takeOut(timeMs: number): void {
    const ambulance = this.#fleet.findLast(({ state }) => state === 'free');
    if (ambulance === undefined) return;
    this.#become(timeMs, ambulance, 'out of service');
    this.#world.plan(timeMs + this.#world.random.between(5, 14) * 60_000, (now) => {
      this.#become(now, ambulance, 'free');
      this.#dispatchNext(now);
    });
  }

  #become(timeMs: number, ambulance: Ambulance, state: AmbulanceState, more: object = {}): void {
    ambulance.state = state;
    this.#tell(timeMs, ambulance, more);
  }

  #tell(timeMs: number, { ambulance, zone, state }: Ambulance, more: object = {}): void {
    this.#world.tell(timeMs, `hospital/rescue/${zone}/${ambulance}`, {
      event: 'ambulance',
      ambulance,
      zone,
      ambulance_state: state,
      ...more,
    });
  }
}
