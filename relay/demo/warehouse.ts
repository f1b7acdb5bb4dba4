import { Docks } from './docks.ts';
import { evenRhythm, restlessness } from './rhythm.ts';
import type { Simulation, SimulatorOptions } from './simulation.ts';
import { CARRIERS, CONVEYORS, PRIORITIES, type Priority, SKUS, ZONES } from './warehouse-plan.ts';
import { World } from './world.ts';

/**
 * A simulated distribution centre:
 *
 *     orders come in ─▶ a line each to its zone ─▶ pickers, one line after the other ─▶ conveyor ─▶ packed, shipped
 *                                                      (the most urgent first)          (jams)
 *     trucks are announced ─▶ arrive, early or late ─▶ a dock door: docked, unloading or loading, docked, free
 *
 * How many come and how many pick follows the hours of the day; a burst fills the queues, and orders grow old.
 */
export function createWarehouse(options: SimulatorOptions): Simulation {
  const world = new World(options);
  new Warehouse(world, options).open();
  return world;
}

/** The rate of the numbers below. */
const USUAL_RATE = 25;
const ORDERS_PER_S = 3.9;
const LINES_PER_ORDER = [
  { lines: 1, weight: 34 },
  { lines: 2, weight: 26 },
  { lines: 3, weight: 19 },
  { lines: 4, weight: 12 },
  { lines: 6, weight: 9 },
] as const;
/** In each zone, at the day's mean. */
const PICKERS = 9;
const PICK_S = 4.4;
/** No more pickers than for this much more than the mean. */
const MOST_BUSY = 1.65;
const WARM_UP_MS = 25 * 60_000;
const PEAK_HOUR = 14;
const PICKERS_LOOK_MS = 500;
const JAM_EVERY_MS = 7 * 60_000;
const PUT_AWAYS_PER_S = 0.9;
const TELL_EVERY_MS = 5_000;

interface Order {
  readonly order_id: string;
  readonly priority: Priority;
  readonly placedMs: number;
  /** Not yet picked. */
  lines: number;
}

interface Line {
  readonly order: Order;
  readonly sku: string;
}

class Warehouse {
  readonly #world: World;
  readonly #options: SimulatorOptions;
  readonly #scale: number;
  /** By zone and priority, the oldest first. */
  readonly #queues = new Map<string, Line[][]>(ZONES.map(({ zone }) => [zone, PRIORITIES.map(() => [])]));
  readonly #open = new Set<Order>();
  readonly #stock = new Map(SKUS.map(({ sku, full }) => [sku, full]));
  readonly #jammedUntilMs = new Map<string, number>();
  #orders = 0;

  constructor(world: World, options: SimulatorOptions) {
    this.#world = world;
    this.#options = options;
    this.#scale = options.rate / USUAL_RATE;
  }

  open(): void {
    const { random } = this.#world;
    const { startMs, seed } = this.#options;
    const warmMs = startMs - WARM_UP_MS;
    this.#world.repeat(
      warmMs,
      (timeMs) =>
        random.exponential(1000 / (ORDERS_PER_S * this.#scale * this.#busy(timeMs) * restlessness(seed, timeMs))),
      (timeMs) => this.#order(timeMs),
    );
    const pickers = Math.max(1, Math.ceil(PICKERS * Math.max(1, this.#scale) * MOST_BUSY));
    for (const { zone } of ZONES)
      for (let number = 1; number <= pickers; number++)
        this.#pickNext(warmMs, zone, number, `${zone}${String(number).padStart(2, '0')}`);
    for (const conveyor of CONVEYORS)
      this.#world.repeat(
        warmMs + random.exponential(JAM_EVERY_MS * CONVEYORS.length),
        () => random.between(0.6, 1.4) * JAM_EVERY_MS * CONVEYORS.length,
        (timeMs) => this.#jam(timeMs, conveyor),
      );
    this.#world.repeat(
      warmMs,
      () => random.exponential(1000 / (PUT_AWAYS_PER_S * this.#scale)),
      (timeMs) => this.#putAway(timeMs),
    );
    const tellMs = TELL_EVERY_MS / Math.min(1, this.#scale);
    this.#world.repeat(
      warmMs,
      () => tellMs,
      (timeMs) => this.#tellState(timeMs),
    );
    new Docks(this.#world, { warmMs, tellMs }).open();
  }

  /** 1 at the time of day the rate is of. */
  #busy(timeMs: number): number {
    const { rateAtMs, utcOffsetMs = 0 } = this.#options;
    const at = (ms: number) => evenRhythm(ms + utcOffsetMs, PEAK_HOUR);
    return at(timeMs) / (rateAtMs === undefined ? 1 : at(rateAtMs));
  }

  #order(timeMs: number): void {
    const { random } = this.#world;
    const { priority } = random.pick(PRIORITIES);
    const order: Order = {
      order_id: `O${(++this.#orders).toString().padStart(7, '0')}`,
      priority,
      placedMs: timeMs,
      lines: random.pick(LINES_PER_ORDER).lines,
    };
    this.#open.add(order);
    this.#world.tell(timeMs, 'warehouse/orders/in', {
      event: 'order_in',
      order_id: order.order_id,
      priority,
      lines: order.lines,
    });
    for (let line = 0; line < order.lines; line++) {
      const { sku, zone } = random.pick(SKUS);
      this.#queues.get(zone)?.[PRIORITIES.findIndex((one) => one.priority === priority)]?.push({ order, sku });
    }
  }

  #pickNext(timeMs: number, zone: string, number: number, picker: string): void {
    const { random } = this.#world;
    const again = (ms: number) => this.#world.plan(ms, (now) => this.#pickNext(now, zone, number, picker));
    const onShift = Math.round(PICKERS * Math.max(1, this.#scale) * Math.min(MOST_BUSY, this.#busy(timeMs)));
    const line = number > onShift ? undefined : this.#take(zone);
    if (line === undefined) {
      again(timeMs + random.between(0.5, 1.5) * PICKERS_LOOK_MS);
      return;
    }
    // Some are faster than others, and all of them on a fresh shift.
    const seconds =
      (PICK_S / Math.min(1, this.#scale)) * (0.82 + 0.36 * ((number * 7) % 10) * 0.1) * random.logNormal(1, 0.35);
    this.#world.plan(timeMs + seconds * 1000, (now) => {
      this.#picked(now, line, zone, picker, seconds);
      again(now);
    });
  }

  /** The most urgent line of a zone, of those the oldest. */
  #take(zone: string): Line | undefined {
    for (const queue of this.#queues.get(zone) ?? []) {
      const line = queue.shift();
      if (line !== undefined) return line;
    }
    return undefined;
  }

  #picked(timeMs: number, { order, sku }: Line, zone: string, picker: string, seconds: number): void {
    const left = Math.max(0, (this.#stock.get(sku) ?? 0) - 1);
    this.#stock.set(sku, left);
    this.#world.tell(timeMs, `warehouse/zones/${zone}/picks`, {
      event: 'pick',
      zone,
      picker,
      order_id: order.order_id,
      sku,
      pick_s: round(seconds, 1),
      stock_left: left,
    });
    if (--order.lines === 0) this.#convey(timeMs, order);
  }

  #convey(timeMs: number, order: Order): void {
    const { random } = this.#world;
    const conveyor = random.pick(CONVEYORS.map((name) => ({ name, weight: 1 }))).name;
    const onBeltMs = Math.max(timeMs, this.#jammedUntilMs.get(conveyor) ?? 0) + random.logNormal(45_000, 0.3);
    this.#world.plan(onBeltMs, (now) => {
      this.#world.tell(now, `warehouse/conveyors/${conveyor}/scans`, {
        event: 'scan',
        conveyor,
        order_id: order.order_id,
      });
      this.#world.plan(now + random.logNormal(70_000, 0.35), (shippedMs) => this.#ship(shippedMs, order));
    });
  }

  #ship(timeMs: number, order: Order): void {
    this.#open.delete(order);
    const sla_min = PRIORITIES.find(({ priority }) => priority === order.priority)?.slaMinutes ?? 0;
    const age_min = (timeMs - order.placedMs) / 60_000;
    this.#world.tell(timeMs, 'warehouse/orders/out', {
      event: 'order_out',
      order_id: order.order_id,
      priority: order.priority,
      carrier: this.#world.random.pick(CARRIERS).carrier,
      age_min: round(age_min, 2),
      sla_min,
      in_time: age_min <= sla_min,
    });
  }

  #jam(timeMs: number, conveyor: string): void {
    const { random } = this.#world;
    const untilMs = timeMs + random.logNormal(110_000, 0.45);
    this.#jammedUntilMs.set(conveyor, untilMs);
    const reason = random.chance(0.6) ? 'parcel stuck' : random.chance(0.5) ? 'belt slipped' : 'scanner';
    this.#tellConveyor(timeMs, conveyor, reason);
    this.#world.plan(untilMs + 1, (now) => this.#tellConveyor(now, conveyor, null));
  }

  #tellConveyor(timeMs: number, conveyor: string, reason: string | null): void {
    const isJammed = timeMs < (this.#jammedUntilMs.get(conveyor) ?? 0);
    const state = isJammed ? 'jammed' : 'running';
    this.#world.tell(timeMs, `warehouse/conveyors/${conveyor}/state`, {
      event: 'conveyor',
      conveyor,
      conveyor_state: state,
      ...(reason !== null && { reason }),
    });
  }

  /** Shelves are filled again before they are empty, those with least first. */
  #putAway(timeMs: number): void {
    const [item] = SKUS.map((one) => ({ ...one, left: this.#stock.get(one.sku) ?? 0 })).toSorted(
      (one, other) => one.left / one.full - other.left / other.full,
    );
    if (item === undefined || item.left > 0.45 * item.full) return;
    const quantity = Math.round(this.#world.random.between(0.2, 0.4) * item.full);
    this.#stock.set(item.sku, item.left + quantity);
    this.#world.tell(timeMs, `warehouse/zones/${item.zone}/stock`, {
      event: 'put_away',
      zone: item.zone,
      sku: item.sku,
      quantity,
      stock_left: item.left + quantity,
    });
  }

  /** How long the queues are, and how old what waits is. */
  #tellState(timeMs: number): void {
    for (const { zone } of ZONES) {
      const waiting = (this.#queues.get(zone) ?? []).flat();
      this.#world.tell(timeMs, `warehouse/zones/${zone}/queue`, {
        event: 'queue',
        zone,
        waiting_lines: waiting.length,
      });
    }
    let oldestMs = timeMs;
    for (const { placedMs } of this.#open) oldestMs = Math.min(oldestMs, placedMs);
    this.#world.tell(timeMs, 'warehouse/orders/open', {
      event: 'open_orders',
      open_orders: this.#open.size,
      oldest_min: round((timeMs - oldestMs) / 60_000, 2),
    });
    for (const conveyor of CONVEYORS) this.#tellConveyor(timeMs, conveyor, null);
  }
}

function round(value: number, decimals: number): number {
  return Math.round(value * 10 ** decimals) / 10 ** decimals;
}
