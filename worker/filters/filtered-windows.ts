import type { StreamState } from '../ingest/stream-state.ts';
import { groupingWith, type KeptWindow } from '../windows/kept-window.ts';
import type { WindowRows } from '../windows/window-rows.ts';
import type { WindowSet } from '../windows/window-set.ts';
import { ChosenGroups, type GroupFilter } from './chosen-groups.ts';
import { type FilterPlan, foldsGroups, planFilters, type WindowRequest } from './filter-plan.ts';
import { type Variant, variantOf } from './variants.ts';

/** Different choices of groups of one window whose rows are remembered. */
const MAX_CHOICES = 32;

/** A window as its request's filters leave it. */
export interface Filtered {
  readonly kept: KeptWindow;
  /** Columns whose filters could not be applied. */
  readonly unfiltered: readonly string[];
}

interface Planned {
  readonly generation: number;
  /** Groupings that fold groups: another number is another plan. */
  readonly folding: number;
  readonly plan: FilterPlan;
  /** The window that is kept for its conditions; null: it has none. */
  readonly variant: Variant | null;
  /** Its choice of groups is remembered under this. */
  readonly choice: string;
}

/** Applies the filters of requests to windows. */
export class FilteredWindows {
  readonly #windows: WindowSet;
  readonly #streams: ReadonlyMap<string, StreamState>;
  readonly #plans = new WeakMap<WindowRequest, Planned>();
  readonly #choices = new WeakMap<WindowRows, Map<string, WindowRows>>();

  constructor(windows: WindowSet, streams: ReadonlyMap<string, StreamState>) {
    this.#windows = windows;
    this.#streams = streams;
  }

  /** `nowMs` as in `WindowSet.variant`; null: what is not there is not made. */
  of(kept: KeptWindow, request: WindowRequest, nowMs: number | null): Filtered {
    if (request.filters.length === 0) return { kept, unfiltered: NONE };
    const planned = this.#planOf(kept, request);
    const { groups, conditions, unfiltered } = planned.plan;
    const rest = planned.variant === null ? kept : this.#windows.variant(planned.variant, this.#streams, nowMs);
    if (rest !== null) return { kept: this.#choose(rest, groups, planned.choice), unfiltered };
    const columns = [...conditions.values()].flat().map(({ filter }) => filter.column);
    return { kept: this.#choose(kept, groups, planned.choice), unfiltered: [...new Set([...unfiltered, ...columns])] };
  }

  /** Makes what these requests need and is not there, all at once: they are looked at. */
  watch(requests: Iterable<WindowRequest>, nowMs: number): void {
    this.#windows.watchVariants([...this.#variantsOf(requests).values()], this.#streams, nowMs);
  }

  /** Lets go what none of these requests needs. */
  keepFor(requests: Iterable<WindowRequest>): void {
    this.#windows.keepVariants(new Set(this.#variantsOf(requests).keys()), this.#streams);
  }

  #variantsOf(requests: Iterable<WindowRequest>): Map<string, Variant> {
    const variants = new Map<string, Variant>();
    for (const request of requests) {
      const kept = this.#windows.all.get(request.window);
      if (!kept || request.filters.length === 0) continue;
      const { variant } = this.#planOf(kept, request);
      if (variant !== null) variants.set(variant.name, variant);
    }
    return variants;
  }

  #planOf(kept: KeptWindow, request: WindowRequest): Planned {
    const { generation } = this.#windows;
    const known = this.#plans.get(request);
    const folding = kept.groupings.filter(foldsGroups).length;
    if (known?.generation === generation && known.folding === folding) return known;
    const fieldsOf = (stream: string) => this.#streams.get(stream)?.schema?.fields.map(({ name }) => name) ?? [];
    const plan = planFilters(kept, request, this.#windows.specs, fieldsOf);
    const planned = {
      generation,
      folding,
      plan,
      variant: plan.conditions.size === 0 ? null : variantOf(request.window, plan.conditions),
      choice: JSON.stringify(plan.groups.map(({ index, filter: { values, not } }) => [index, not, ...values])),
    };
    this.#plans.set(request, planned);
    return planned;
  }

  /** Only groupings with all columns are left, and of those only the groups that are chosen. */
  #choose(kept: KeptWindow, groups: readonly GroupFilter[], name: string): KeptWindow {
    if (groups.length === 0) return kept;
    const groupings = kept.groupings.filter(
      (grouping) =>
        groupingWith(
          { groupings: [grouping] },
          groups.map(({ index }) => index),
        ) !== null,
    );
    return {
      ...kept,
      groupings: groupings.map((grouping) => {
        const choices = this.#choices.get(grouping.rows) ?? new Map<string, WindowRows>();
        this.#choices.set(grouping.rows, choices);
        const rows = choices.get(name) ?? grouping.rows.choose(new ChosenGroups(kept, grouping, groups));
        choices.delete(name);
        choices.set(name, rows);
        const [oldest] = choices.keys();
        if (choices.size > MAX_CHOICES && oldest !== undefined) choices.delete(oldest);
        return { columns: grouping.columns, rows };
      }),
    };
  }
}

const NONE: readonly string[] = [];
