import { WARDS, type Ward } from './hospital-plan.ts';
import { dailyRhythm } from './rhythm.ts';
import type { World } from './world.ts';

export type BedState = 'free' | 'occupied' | 'cleaning' | 'closed';

interface Bed {
  readonly name: string;
  readonly ward: Ward;
  state: BedState;
}

/** Patients leave mostly around noon, after the rounds. */
const DISCHARGE_HOUR = 12;
const CLEANING_MS = 4 * 60_000;
const CLOSED_EVERY_MS = 25 * 60_000;
/** Beds that are taken before anything happens. */
const TAKEN = 0.8;

interface BedsOptions {
  readonly warmMs: number;
  readonly tellMs: number;
  readonly utcOffsetMs: number;
}

/** Intensive care, bed by bed: free ─▶ occupied ─▶ cleaning ─▶ free; now and then one is closed, for want of a nurse. */
export class Beds {
  readonly #world: World;
  readonly #options: BedsOptions;
  readonly #beds: readonly Bed[];

  constructor(world: World, options: BedsOptions) {
    this.#world = world;
    this.#options = options;
    const { warmMs, tellMs } = options;
    this.#beds = WARDS.flatMap((ward) =>
      Array.from({ length: ward.beds }, (_, index) => ({
        name: `${initials(ward.ward)}-${String(index + 1).padStart(2, '0')}`,
        ward,
        state: 'free' as BedState,
      })),
    );
    for (const [index, bed] of this.#beds.entries()) {
      world.repeat(
        warmMs + (index / this.#beds.length) * tellMs,
        () => tellMs,
        (timeMs) => this.#tell(timeMs, bed),
      );
      if (world.random.chance(TAKEN)) world.plan(warmMs, (timeMs) => this.#occupy(timeMs, bed));
    }
    for (const ward of WARDS)
      world.repeat(
        warmMs,
        () => world.random.exponential((ward.stayMin * 60_000) / (ward.beds * TAKEN)),
        (timeMs) => {
          this.admit(timeMs, ward.hospital, ward);
        },
      );
    world.repeat(
      warmMs,
      () => world.random.between(0.6, 1.4) * CLOSED_EVERY_MS,
      (timeMs) => this.#close(timeMs),
    );
  }

  /** A bed of the hospital's, if one is free: in this ward, or in any. */
  admit(timeMs: number, hospital: string, ward?: Ward): boolean {
    const bed = this.#beds.find(
      (one) => one.state === 'free' && one.ward.hospital === hospital && (ward === undefined || one.ward === ward),
    );
    if (bed !== undefined) this.#occupy(timeMs, bed);
    return bed !== undefined;
  }

  /** A hospital with a free bed, if there is one. */
  withFreeBed(): string | undefined {
    return this.#beds.find(({ state }) => state === 'free')?.ward.hospital;
  }

  #occupy(timeMs: number, bed: Bed): void {
    const { random } = this.#world;
    this.#become(timeMs, bed, 'occupied');
    const localMs = timeMs + this.#options.utcOffsetMs;
    const stayMs = (bed.ward.stayMin * 60_000 * random.logNormal(0.9, 0.5)) / dailyRhythm(localMs, DISCHARGE_HOUR);
    this.#world.plan(timeMs + stayMs, (leftMs) => {
      this.#become(leftMs, bed, 'cleaning');
      this.#world.plan(leftMs + CLEANING_MS * random.between(0.6, 1.8), (now) => this.#become(now, bed, 'free'));
    });
  }

  #close(timeMs: number): void {
    const bed = this.#beds.findLast(({ state }) => state === 'free');
    if (bed === undefined) return;
    this.#become(timeMs, bed, 'closed');
    this.#world.plan(timeMs + this.#world.random.between(6, 20) * 60_000, (now) => this.#become(now, bed, 'free'));
  }

  #become(timeMs: number, bed: Bed, state: BedState): void {
    bed.state = state;
    this.#tell(timeMs, bed);
  }

  #tell(timeMs: number, { name, ward, state }: Bed): void {
    this.#world.tell(timeMs, `hospital/${ward.hospital}/beds`, {
      event: 'bed',
      hospital: ward.hospital,
      ward: ward.ward,
      bed: name,
      bed_state: state,
    });
  }
}

/** `ICU medical` → `ICUM`. */
function initials(ward: string): string {
  return ward.replaceAll(/[a-z ]/g, '');
}
