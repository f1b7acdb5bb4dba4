import type { InTabAnswer, InTabLetters, InTabMessage } from '../../contract/in-tab.ts';
import type { TabRelay } from './tab-relay.ts';

export type Asked = Extract<InTabMessage, { kind: 'letters' | 'letter-lines' }>;

/** What fails is an answer too: who asked waits for one. */
export async function answerTo(
  asked: Asked,
  relay: Pick<TabRelay, 'letters' | 'letterLines'> | null,
): Promise<InTabAnswer<InTabLetters | Blob>> {
  if (relay === null) return { failed: 'no files were given' };
  try {
    return { told: asked.kind === 'letters' ? await relay.letters() : await relay.letterLines(asked.stream) };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}
