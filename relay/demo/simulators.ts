import { createFactory } from './factory.ts';
import { createHospital } from './hospital.ts';
import { type Mishaps, withMishaps } from './mishaps.ts';
import { createShop } from './shop.ts';
import type { Simulation, SimulatorOptions } from './simulation.ts';
import { createWarehouse } from './warehouse.ts';

export type { SimulatedMessage, Simulation, SimulatorOptions } from './simulation.ts';

/** A stream that can be simulated, `demo:<name>`. Nothing here needs Node: a tab runs them too. */
export interface Simulator {
  create(options: SimulatorOptions): Simulation;
  /** MQTT topic filter that all its topics fit. */
  readonly filter: string;
  /** The forms its topics have. */
  readonly topics: readonly string[];
  /** Events per second where nothing is said. */
  readonly defaultRate: number;
  /** What it is of, in a few words. */
  readonly describe: string;
}

type Made = { readonly timestamp: string };

const MINUTES = 60_000;
const CLOCK_FAILED = { timestamp: 'clock not set' };

/** As in life: one in 2,500 comes twice, one in 40,000 cannot be read, and an update of the sender brings a field. */
function lived(
  create: (options: SimulatorOptions) => Simulation,
  { spoil, newer }: Pick<Mishaps<Made>, 'spoil' | 'newer'>,
): Simulator['create'] {
  return (options) => withMishaps(create(options), options, { twiceIn: 2_500, spoiledIn: 40_000, spoil, newer });
}

export const SIMULATORS = {
  shop: {
    create: lived(createShop, {
      spoil: (event) => ({ ...event, latency_ms: 'n/a' }),
      newer: {
        afterMs: 20 * MINUTES,
        add: (event, random) => ({ ...event, device: random.chance(0.62) ? 'phone' : 'desktop' }),
      },
    }),
    filter: 'shop/+/events',
    topics: ['shop/<country>/events'],
    defaultRate: 100,
    describe: 'an online shop: visitors, orders, payments, stock',
  },
  factory: {
    create: lived(createFactory, {
      spoil: (event) => ({ ...event, ...CLOCK_FAILED }),
      newer: {
        afterMs: 18 * MINUTES,
        add: (event, random) =>
          'power_kw' in event ? { ...event, vibration_mm_s: Math.round(random.between(8, 32)) / 10 } : event,
      },
    }),
    filter: 'factory/#',
    topics: ['factory/<line>/<machine>/<event>'],
    defaultRate: 40,
    describe: 'a factory floor: machine states, cycles, parts and their measure, energy',
  },
  warehouse: {
    create: lived(createWarehouse, {
      spoil: (event) => ({ ...event, ...CLOCK_FAILED }),
      newer: {
        afterMs: 22 * MINUTES,
        add: (event, random) =>
          'pick_s' in event ? { ...event, device: random.chance(0.7) ? 'scanner' : 'voice' } : event,
      },
    }),
    filter: 'warehouse/#',
    topics: [
      'warehouse/orders/<in|out|open>',
      'warehouse/zones/<zone>/<picks|stock|queue>',
      'warehouse/conveyors/<conveyor>/<scans|state>',
      'warehouse/trucks',
      'warehouse/docks/<door>',
    ],
    defaultRate: 25,
    describe: 'a warehouse: orders, picks, dock doors, trucks, conveyors',
  },
  hospital: {
    create: lived(createHospital, {
      spoil: (event) => ({ ...event, ...CLOCK_FAILED }),
      newer: {
        afterMs: 25 * MINUTES,
        add: (event) => ('bed_state' in event ? { ...event, isolation: event.bed_state === 'cleaning' } : event),
      },
    }),
    filter: 'hospital/#',
    topics: ['hospital/<hospital>/<emergency|beds|transfers>', 'hospital/rescue/<zone>/<calls|alarm|ambulance>'],
    defaultRate: 15,
    describe: 'hospitals and rescue: beds, emergencies and waiting times, ambulances',
  },
} as const satisfies Readonly<Record<string, Simulator>>;

export type SimulatorName = keyof typeof SIMULATORS;
export const SIMULATOR_NAMES = Object.keys(SIMULATORS) as SimulatorName[];

/** Undefined: there is none of that name. */
export function simulatorOf(name: string): Simulator | undefined {
  return Object.hasOwn(SIMULATORS, name) ? SIMULATORS[name as SimulatorName] : undefined;
}
