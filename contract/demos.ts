/** Simulated streams that a tab can run by itself, `?demo=<name>`; each with a configuration boards/demo-<name>.yaml. */
export const DEMOS = [
  { name: 'shop', title: 'An online shop', what: 'visitors, orders, payments, stock' },
  { name: 'factory', title: 'A factory floor', what: 'machines, OEE, measured parts, energy' },
  { name: 'warehouse', title: 'A warehouse', what: 'orders, picks, dock doors, delays' },
  { name: 'hospital', title: 'Hospitals and rescue', what: 'beds, waiting times, ambulances' },
] as const;

export type DemoName = (typeof DEMOS)[number]['name'];

/** The demo of that name; null: there is none. */
export function demoOf(name: string): DemoName | null {
  return DEMOS.find((demo) => demo.name === name)?.name ?? null;
}
