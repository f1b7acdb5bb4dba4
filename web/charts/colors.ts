/**
 * Which of the eight series colours a value wears. A value of a column keeps its colour on every panel and after a
 * reload: the colour comes from a hash of its name, and where two names meet on one, the later takes the next free.
 * Who took what is remembered, so the order in which values turn up does not matter the second time.
 *
 *   column "action":   search → 0   click → 2   cart → 1   purchase → 3
 */
export const COLORS = 8;

/** The slots in the order values with a declared order take them: neighbours differ most. */
const DECLARED = [0, 2, 1, 3, 5, 4, 6, 7] as const;

export interface ColorMemory {
  load(): Record<string, Record<string, number>>;
  save(slots: Record<string, Record<string, number>>): void;
}

export interface Colors {
  /** Slot 0–7 of a value of a column. `order`: values whose place is declared, on the board. */
  slot(column: string, value: string, order?: readonly string[]): number;
}

export function createColors(memory?: ColorMemory): Colors {
  const taken = new Map<string, Map<string, number>>();
  for (const [column, slots] of Object.entries(memory?.load() ?? {})) taken.set(column, new Map(Object.entries(slots)));
  return {
    slot(column, value, order = []) {
      const declared = order.indexOf(value);
      if (declared >= 0) return DECLARED[declared % COLORS] ?? 0;
      const slots = taken.get(column) ?? new Map<string, number>();
      taken.set(column, slots);
      const known = slots.get(value);
      if (known !== undefined) return known;
      const used = new Set([...slots.values(), ...order.map((_, index) => DECLARED[index % COLORS] ?? 0)]);
      let slot = hash(value) % COLORS;
      for (let tries = 0; used.has(slot) && tries < COLORS; tries++) slot = (slot + 1) % COLORS;
      slots.set(value, slot);
      memory?.save(Object.fromEntries([...taken].map(([name, map]) => [name, Object.fromEntries(map)])));
      return slot;
    },
  };
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return value;
}
