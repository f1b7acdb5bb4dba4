import { expect, test } from 'vitest';
import { SIMULATOR_NAMES, SIMULATORS, type SimulatedMessage, type SimulatorName } from './simulators.ts';

/** What holds of every simulated stream. */
const NOON_MS = Date.UTC(2026, 4, 12, 12);
const MINUTE_MS = 60_000;

interface Told {
  readonly event_id: string;
  readonly timestamp: string;
  readonly [field: string]: unknown;
}

const eventOf = ({ event }: SimulatedMessage) => event as Told;

function simulate(name: SimulatorName, minutes: number, seed = 3) {
  const { create, defaultRate } = SIMULATORS[name];
  return create({ seed, rate: defaultRate, startMs: NOON_MS, rateAtMs: NOON_MS }).until(NOON_MS + minutes * MINUTE_MS);
}

test.each(SIMULATOR_NAMES)('%s: the same seed gives the same, however it is stepped; another seed another', (name) => {
  const { create, defaultRate: rate } = SIMULATORS[name];
  const stepped = create({ seed: 3, rate, startMs: NOON_MS, rateAtMs: NOON_MS });
  const steps = [];
  for (let ms = 0; ms <= 2 * MINUTE_MS; ms += 730) steps.push(...stepped.until(NOON_MS + ms));
  steps.push(...stepped.until(NOON_MS + 2 * MINUTE_MS));
  expect(steps).toEqual(simulate(name, 2));
  expect(simulate(name, 2, 4)).not.toEqual(steps);
});

test.each(SIMULATOR_NAMES)('%s: around the time of day it is asked for it has the rate it is asked for', (name) => {
  const { defaultRate } = SIMULATORS[name];
  const perSecond = simulate(name, 40).length / (40 * 60);
  expect(perSecond / defaultRate).toBeGreaterThan(0.88);
  expect(perSecond / defaultRate).toBeLessThan(1.15);
});

test.each(SIMULATOR_NAMES)('%s: few events are late, few come twice, and hardly any cannot be read', (name) => {
  const { create, defaultRate: rate } = SIMULATORS[name];
  const simulation = create({ seed: 3, rate, startMs: NOON_MS, rateAtMs: NOON_MS });
  const seen = new Set<string>();
  const counts = { all: 0, early: 0, late: 0, byMinutes: 0, twice: 0, unread: 0 };
  for (let ms = 0; ms <= 40 * MINUTE_MS; ms += 1_000)
    for (const message of simulation.until(NOON_MS + ms)) {
      const { event_id, timestamp, latency_ms } = eventOf(message);
      const timeMs = Date.parse(timestamp);
      counts.all++;
      if (seen.has(event_id)) counts.twice++;
      seen.add(event_id);
      if (Number.isNaN(timeMs) || latency_ms === 'n/a') counts.unread++;
      else if (timeMs < NOON_MS) counts.early++;
      const behindMs = NOON_MS + ms - timeMs;
      if (behindMs > 2_000) counts.late++;
      if (behindMs > 170_000) counts.byMinutes++;
    }
  expect(counts.early).toBe(0);
  const share = (count: number) => count / counts.all;
  expect(share(counts.late)).toBeGreaterThan(0.005);
  expect(share(counts.late)).toBeLessThan(0.05);
  expect(counts.byMinutes).toBeGreaterThan(0);
  expect(share(counts.twice)).toBeGreaterThan(1 / 12_000);
  expect(share(counts.twice)).toBeLessThan(1 / 1_000);
  expect(counts.unread).toBeGreaterThan(0);
  expect(share(counts.unread)).toBeLessThan(1 / 5_000);
});

test.each([
  ['shop', 'device'],
  ['factory', 'vibration_mm_s'],
  ['warehouse', 'device'],
  ['hospital', 'isolation'],
] as const)('%s: a new version of the senders brings the field %s, which no event had before', (name, field) => {
  const with_ = simulate(name, 32)
    .map(eventOf)
    .filter((event) => field in event);
  expect(with_.length).toBeGreaterThan(100);
  const first = Math.min(...with_.map(({ timestamp }) => Date.parse(timestamp)).filter((ms) => !Number.isNaN(ms)));
  expect(first).toBeGreaterThan(NOON_MS + 17 * MINUTE_MS);
});

test.each(SIMULATOR_NAMES)('%s: topics have the forms it says, and fit its filter', (name) => {
  const { topics, filter } = SIMULATORS[name];
  const forms = topics.map(
    (form) =>
      new RegExp(
        `^${form
          .replaceAll(/<[^>]*\|[^>]*>/g, (choice) =>
            choice.includes('ambulance') ? '[^/]+' : `(${choice.slice(1, -1)})`,
          )
          .replaceAll(/<[^>]*>/g, '[^/]+')}$`,
      ),
  );
  const fits = new RegExp(`^${filter.replaceAll('+', '[^/]+').replace('#', '.*')}$`);
  const seen = new Set(simulate(name, 20).map(({ topic }) => topic));
  expect([...seen].filter((topic) => !fits.test(topic) || !forms.some((form) => form.test(topic)))).toEqual([]);
});

test('factory: OEE is that of a plant, and tells its parts: each machine stops, makes scrap and drifts', () => {
  const events = simulate('factory', 120).map(eventOf);
  const sum = (field: string) => events.reduce((total, event) => total + Number(event[field] ?? 0), 0);
  const cycles = events.filter(({ event }) => event === 'cycle');
  const availability = sum('running_s') / sum('planned_s');
  const performance = sum('ideal_cycle_s') / sum('running_s');
  const quality = cycles.filter(({ part }) => part === 'good').length / cycles.length;
  expect(availability).toBeGreaterThan(0.65);
  expect(availability).toBeLessThan(0.9);
  expect(performance).toBeGreaterThan(0.85);
  expect(performance).toBeLessThan(1);
  expect(quality).toBeGreaterThan(0.95);
  expect(quality).toBeLessThan(0.995);
  const states = new Set(
    events.filter(({ event }) => event === 'state').map(({ machine, state }) => `${machine} ${state}`),
  );
  for (const machine of ['A1-lathe', 'B3-grinder'])
    for (const state of ['running', 'idle', 'fault', 'changeover']) expect(states).toContain(`${machine} ${state}`);
  const off = cycles.filter(({ diameter_mm }) => Math.abs(Number(diameter_mm) - 25) > 0.03);
  expect(off.length).toBeGreaterThan(20);
  expect(off.every(({ part }) => part === 'scrap')).toBe(true);
});

test('factory: nothing is planned in a break, by the local clock', () => {
  // The early shift of line A rests from 10:00 to 10:15.
  const { create, defaultRate: rate } = SIMULATORS.factory;
  const startMs = Date.UTC(2026, 4, 12, 7, 58);
  const events = create({ seed: 3, rate, startMs, utcOffsetMs: 2 * 60 * MINUTE_MS })
    .until(startMs + 20 * MINUTE_MS)
    .map(eventOf)
    .filter(({ line, event }) => line === 'A' && event === 'telemetry');
  const within = (event: Told) =>
    event.timestamp > '2026-05-12T08:03' && event.timestamp < '2026-05-12T08:15' && event.reason === 'break';
  expect(events.filter(within).length).toBeGreaterThan(1_000);
  // Only what passed of another state before the first look at a machine that rests.
  const planned = events.filter((event) => within(event) && Number(event.planned_s) > 0);
  expect(planned.length).toBeLessThanOrEqual(3);
});

test('warehouse: an order is shipped once, after all of its lines are picked', () => {
  const events = simulate('warehouse', 30)
    .map(eventOf)
    .filter(({ timestamp }) => !Number.isNaN(Date.parse(timestamp)));
  const unique = [...new Map(events.map((event) => [event.event_id, event])).values()].sort((one, other) =>
    one.timestamp.localeCompare(other.timestamp),
  );
  const lines = new Map<unknown, number>();
  let shipped = 0;
  for (const { event, order_id, lines: ordered } of unique) {
    if (event === 'order_in') lines.set(order_id, Number(ordered));
    const left = lines.get(order_id);
    if (left === undefined) continue;
    if (event === 'pick') lines.set(order_id, left - 1);
    if (event !== 'order_out') continue;
    // A pick that could not be read is missing.
    expect(left).toBeLessThanOrEqual(1);
    lines.delete(order_id);
    shipped++;
  }
  expect(shipped).toBeGreaterThan(3_000);
});

test('warehouse: some trucks are late, doors are used in turn, and conveyors jam', () => {
  const events = simulate('warehouse', 60).map(eventOf);
  const arrived = events.filter(({ event }) => event === 'truck_arrived');
  const late = arrived.filter(({ in_time }) => in_time === false);
  expect(late.length).toBeGreaterThan(2);
  expect(late.length).toBeLessThan(arrived.length / 2);
  const seen = (field: string) => new Set(events.map((event) => event[field]));
  for (const state of ['free', 'docked', 'loading', 'unloading', 'blocked'])
    expect(seen('door_state')).toContain(state);
  expect(seen('conveyor_state')).toContain('jammed');
  const doors = new Map<unknown, unknown>();
  for (const { event, door, truck } of events.toSorted((one, other) => one.timestamp.localeCompare(other.timestamp))) {
    if (event !== 'door') continue;
    if (truck !== undefined) expect([...doors].filter(([of, held]) => of !== door && held === truck)).toEqual([]);
    doors.set(door, truck);
  }
});

test('hospital: the most urgent are seen first, and many hurt at once are felt', () => {
  const events = simulate('hospital', 60).map(eventOf);
  const seen = events.filter(({ event }) => event === 'seen');
  const median = (triage: string) => {
    const waits = seen.filter((event) => event.triage === triage).map(({ waiting_min }) => Number(waiting_min));
    return waits.sort((one, other) => one - other)[waits.length >> 1] ?? Number.NaN;
  };
  expect(median('2 orange')).toBeLessThan(10);
  expect(median('2 orange')).toBeLessThanOrEqual(median('4 green'));
  expect(events.some(({ event }) => event === 'mass_casualty')).toBe(true);
  const states = new Set(events.map(({ ambulance_state }) => ambulance_state));
  for (const state of ['free', 'dispatched', 'at scene', 'transporting', 'at hospital', 'out of service'])
    expect(states).toContain(state);
  const beds = new Set(events.map(({ bed_state }) => bed_state));
  for (const state of ['free', 'occupied', 'cleaning']) expect(beds).toContain(state);
});

test('shop: a few try one card after the other, and a robot reads faster than anybody could', () => {
  const events = simulate('shop', 30).map(eventOf);
  const failed = Map.groupBy(
    events.filter(({ payment }) => payment === 'failed'),
    ({ user_id }) => user_id,
  );
  const thieves = [...failed].filter(([, tries]) => tries.length > 4);
  expect(thieves.length).toBeGreaterThan(1);
  expect(thieves.every(([user]) => Number(user) >= 900_000)).toBe(true);
  const robots = Map.groupBy(
    events.filter(({ user_id }) => Number(user_id) >= 800_000 && Number(user_id) < 900_000),
    ({ user_id }) => user_id,
  );
  expect(Math.max(...[...robots.values()].map(({ length }) => length))).toBeGreaterThan(100);
});
