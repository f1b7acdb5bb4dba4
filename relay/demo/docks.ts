import { CARRIERS, DOORS } from './warehouse-plan.ts';
import type { World } from './world.ts';

export type DoorState = 'free' | 'docked' | 'unloading' | 'loading' | 'blocked';

interface Truck {
  readonly truck: string;
  readonly carrier: string;
  readonly direction: 'inbound' | 'outbound';
  readonly plannedMs: number;
}

/** Trucks are told ahead by so much. */
const ANNOUNCED_MS = 10 * 60_000;
const TRUCK_EVERY_MS = 80_000;
const BLOCKED_EVERY_MS = 11 * 60_000;

/**
 * The doors of the warehouse: each truck has a planned time, comes when it comes, waits for a door, and stays as long as it takes.
 */
export class Docks {
  readonly #world: World;
  readonly #warmMs: number;
  readonly #tellMs: number;
  readonly #doors = new Map<string, { state: DoorState; truck: Truck | null }>(
    DOORS.map((door) => [door, { state: 'free', truck: null }]),
  );
  readonly #yard: { readonly truck: Truck; readonly arrivedMs: number }[] = [];
  #trucks = 0;

  constructor(world: World, { warmMs, tellMs }: { readonly warmMs: number; readonly tellMs: number }) {
    this.#world = world;
    this.#warmMs = warmMs;
    this.#tellMs = tellMs;
  }

  open(): void {
    const { random } = this.#world;
    this.#world.repeat(
      this.#warmMs,
      () => random.between(0.5, 1.5) * TRUCK_EVERY_MS,
      (timeMs) => this.#announce(timeMs),
    );
    this.#world.repeat(
      this.#warmMs + random.exponential(BLOCKED_EVERY_MS),
      () => random.between(0.5, 1.5) * BLOCKED_EVERY_MS,
      (timeMs) => this.#block(timeMs),
    );
    for (const [index, door] of DOORS.entries())
      this.#world.repeat(
        this.#warmMs + (index / DOORS.length) * this.#tellMs,
        () => this.#tellMs,
        (timeMs) => this.#tell(timeMs, door),
      );
  }

  #announce(timeMs: number): void {
    const { random } = this.#world;
    const truck: Truck = {
      truck: `T${String(++this.#trucks).padStart(4, '0')}`,
      carrier: random.pick(CARRIERS).carrier,
      direction: random.chance(0.4) ? 'inbound' : 'outbound',
      plannedMs: timeMs + ANNOUNCED_MS,
    };
    this.#world.tell(timeMs, 'warehouse/trucks', { event: 'truck_planned', ...told(truck) });
    // One in five is late by more than a little; some come early.
    const delayMs = random.chance(0.2) ? random.logNormal(11 * 60_000, 0.5) : random.between(-4, 3.5) * 60_000;
    this.#world.plan(truck.plannedMs + delayMs, (arrivedMs) => {
      this.#world.tell(arrivedMs, 'warehouse/trucks', {
        event: 'truck_arrived',
        ...told(truck),
        delay_min: Math.round(delayMs / 600) / 100,
        in_time: delayMs <= 5 * 60_000,
      });
      this.#yard.push({ truck, arrivedMs });
      this.#dockNext(arrivedMs);
    });
  }

  #dockNext(timeMs: number): void {
    const { random } = this.#world;
    const free = [...this.#doors].filter(([, { state }]) => state === 'free').map(([door]) => ({ door, weight: 1 }));
    const next = free.length === 0 ? undefined : this.#yard.shift();
    if (next === undefined) return;
    const { door } = random.pick(free);
    const { truck, arrivedMs } = next;
    this.#world.tell(timeMs, 'warehouse/trucks', {
      event: 'truck_docked',
      ...told(truck),
      door,
      yard_min: Math.round((timeMs - arrivedMs) / 600) / 100,
    });
    const working = truck.direction === 'inbound' ? 'unloading' : 'loading';
    const stages = [
      { state: 'docked', ms: random.between(50_000, 140_000) },
      { state: working, ms: random.logNormal(8.5 * 60_000, 0.3) },
      { state: 'docked', ms: random.between(40_000, 110_000) },
    ] as const;
    let atMs = timeMs;
    for (const { state, ms } of stages) {
      this.#world.plan(atMs, (now) => this.#become(now, door, state, truck));
      atMs += ms;
    }
    this.#world.plan(atMs, (now) => {
      this.#become(now, door, 'free', null);
      this.#dockNext(now);
    });
    // Nobody else takes it before the truck is there.
    this.#doors.set(door, { state: 'docked', truck });
  }

  /** A leveller fails or a pallet lies across: a door that is free cannot be used for some minutes. */
  #block(timeMs: number): void {
    const { random } = this.#world;
    const free = [...this.#doors].filter(([, { state }]) => state === 'free').map(([door]) => ({ door, weight: 1 }));
    if (free.length === 0) return;
    const { door } = random.pick(free);
    this.#become(timeMs, door, 'blocked', null);
    this.#world.plan(timeMs + random.between(2, 6) * 60_000, (now) => {
      this.#become(now, door, 'free', null);
      this.#dockNext(now);
    });
  }

  #become(timeMs: number, door: string, state: DoorState, truck: Truck | null): void {
    this.#doors.set(door, { state, truck });
    this.#tell(timeMs, door);
  }

  #tell(timeMs: number, door: string): void {
    const now = this.#doors.get(door);
    if (now === undefined) return;
    this.#world.tell(timeMs, `warehouse/docks/${door}`, {
      event: 'door',
      door,
      door_state: now.state,
      ...(now.truck !== null && { truck: now.truck.truck, carrier: now.truck.carrier }),
    });
  }
}

function told({ truck, carrier, direction, plannedMs }: Truck) {
  return { truck, carrier, direction, planned_at: new Date(plannedMs).toISOString() };
}
