import { createShop } from './shop.ts';
import type { Simulation, SimulatorOptions } from './simulation.ts';

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

export const SIMULATORS = {
  shop: {
    create: createShop,
    filter: 'shop/+/events',
    topics: ['shop/<country>/events'],
    defaultRate: 100,
    describe: 'an online shop: visitors, orders, payments, stock',
  },
} as const satisfies Readonly<Record<string, Simulator>>;

export type SimulatorName = keyof typeof SIMULATORS;
export const SIMULATOR_NAMES = Object.keys(SIMULATORS) as SimulatorName[];

/** Undefined: there is none of that name. */
export function simulatorOf(name: string): Simulator | undefined {
  return Object.hasOwn(SIMULATORS, name) ? SIMULATORS[name as SimulatorName] : undefined;
}
