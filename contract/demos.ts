/**
 * Simulated streams that a tab can run by itself, `?demo=<name>`; each with a configuration boards/demo-<name>.yaml, but
 * for `all`, which is boards/demo.yaml.
 */
export const DEMOS = [
  { name: 'shop', title: 'an online shop', what: 'visitors, orders, payments, stock' },
  { name: 'factory', title: 'a factory floor', what: 'machine states, OEE, cycle times, measures, energy' },
  { name: 'warehouse', title: 'a warehouse', what: 'orders in and out, picks, docks, delays' },
  { name: 'hospital', title: 'hospitals and ambulances', what: 'waiting times, beds, triage, rescue' },
  { name: 'all', title: 'all four', what: 'a board each, and a wall that shows them in turn' },
] as const;

export type DemoName = (typeof DEMOS)[number]['name'];

/** The demo of that name; null: there is none. */
export function demoOf(name: string): DemoName | null {
  return DEMOS.find((demo) => demo.name === name)?.name ?? null;
}
