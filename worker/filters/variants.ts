import type { WindowSpec } from '../../contract/spec/window.ts';
import type { RowFilter } from './filter-plan.ts';

/** Windows that are kept for filters at most. */
export const MAX_VARIANTS = 24;
/** Where there are as many, one that nobody looks at and of which no picture was made for so long gives way. */
const UNUSED_MS = 10_000;

/** A window like another, of the rows some filters choose. It is kept beside it, and named as no window can be. */
export interface Variant {
  readonly name: string;
  /** The window it is like. */
  readonly of: string;
  readonly conditions: ReadonlyMap<string, readonly RowFilter[]>;
}

/** The variants that are kept. */
export class Variants {
  /** With when a picture of it was made last, monotonic; the oldest use first. */
  readonly #used = new Map<string, { readonly variant: Variant; readonly atMs: number }>();
  /** Those somebody looks at, whether a picture is made of them or not. */
  watched: ReadonlySet<string> = new Set();
  /** There was no room for one. */
  hasRefused = false;

  get all(): readonly Variant[] {
    return [...this.#used.values()].map(({ variant }) => variant);
  }

  /** True: it was not there. Where there is no room for it, it is not there afterwards either. */
  use(variant: Variant, nowMs: number): boolean {
    const known = this.#used.delete(variant.name);
    if (!known && this.#used.size >= MAX_VARIANTS) {
      const oldest = [...this.#used.values()].find(({ variant: { name } }) => !this.watched.has(name));
      if (oldest === undefined || nowMs - oldest.atMs < UNUSED_MS) {
        this.hasRefused = true;
        return false;
      }
      this.#used.delete(oldest.variant.name);
    }
    this.#used.set(variant.name, { variant, atMs: nowMs });
    return !known;
  }

  /** Keeps those that are named, which are looked at from now on; true: others were there. */
  keep(names: ReadonlySet<string>): boolean {
    this.watched = names;
    const before = this.#used.size;
    for (const name of this.#used.keys()) if (!names.has(name)) this.#used.delete(name);
    return this.#used.size < before;
  }

  drop(name: string): void {
    this.#used.delete(name);
  }

  /** Keeps those of windows that there are. */
  keepOf(specs: Readonly<Record<string, WindowSpec>>): void {
    for (const [name, { variant }] of this.#used) if (!Object.hasOwn(specs, variant.of)) this.#used.delete(name);
  }
}

export function variantOf(window: string, conditions: Variant['conditions']): Variant {
  return { name: variantName(window, conditions), of: window, conditions };
}

function variantName(window: string, conditions: ReadonlyMap<string, readonly RowFilter[]>): string {
  const named = [...conditions].map(([name, filters]) => [
    name,
    filters.map(({ sql, filter: { values, not } }) => [sql, not, ...values]),
  ]);
  return `${window}\0${JSON.stringify(named)}`;
}

/**
 * The specs of a variant: from the window it is like down to the lowest that has a condition, each over the next.
 * `conditionOf` writes a condition for the window it is on.
 */
export function variantSpecs(
  { of, conditions }: Variant,
  specs: Readonly<Record<string, WindowSpec>>,
  conditionOf: (spec: WindowSpec, filter: RowFilter) => string,
): Record<string, WindowSpec> {
  const chain: string[] = [];
  for (let name = of, spec = specs[name]; spec && !chain.includes(name); name = spec.from, spec = specs[name])
    chain.push(name);
  const lowest = chain.findLastIndex((name) => conditions.has(name));
  const made: Record<string, WindowSpec> = {};
  for (let at = lowest; at >= 0; at--) {
    const name = chain[at] as string;
    const spec = specs[name] as WindowSpec;
    const texts = (conditions.get(name) ?? []).map((filter) => conditionOf(spec, filter));
    const where = spec.where === undefined ? texts : [`(${spec.where}\n)`, ...texts];
    const from = at === lowest ? spec.from : ownName(chain[at + 1] as string, conditions, chain.slice(at + 1));
    made[ownName(name, conditions, chain.slice(at))] = {
      ...spec,
      from,
      ...(where.length > 0 && { where: where.join(' AND ') }),
    };
  }
  return made;
}

/** Variants of windows on the way are shared by all that have the same conditions from there on. */
function ownName(name: string, conditions: Variant['conditions'], below: readonly string[]): string {
  return variantName(name, new Map([...conditions].filter(([window]) => below.includes(window))));
}
