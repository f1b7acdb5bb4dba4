import type { SourceMemory } from '../../relay/sources/source.ts';

/** A source's memory, as it would be on disk; every text that was saved is kept. */
export interface TextMemory extends SourceMemory {
  readonly saved: readonly string[];
  /** The last text that speaks of this epoch. */
  before(epoch: string): string | null;
}

export function textMemory(text: string | null = null): TextMemory {
  const saved: string[] = [];
  return {
    saved,
    load: async () => saved.at(-1) ?? text,
    save: async (now) => {
      saved.push(now);
    },
    before: (epoch) => saved.findLast((then) => then.includes(JSON.stringify(epoch))) ?? null,
  };
}
