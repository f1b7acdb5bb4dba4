import { clear, createStore, delMany, get, keys, promisifyRequest } from 'idb-keyval';
import type { Clock } from '../../contract/clock.ts';
import type { Position } from '../../contract/protocol/position.ts';
import type { Boards, PanelPicture, Status } from '../../contract/worker-api.ts';

/**
 * What the screen showed, kept for the next opening: a page shows its last pictures at once, with their age, while the
 * engine starts and reads what is newer.
 *
 *     IndexedDB   boards ─▶ { build, boards }
 *                 a request, as JSON ─▶ { build, picture, positions }     of every board that was open here
 *
 * Written soon, every ten seconds and when the page is left, and let go of by another build: its pictures may be others.
 */
export interface KeptPictures {
  /** The boards of last time; null: there are none. Never rejects. */
  readonly boards: Promise<Boards | null>;
  /** What this request showed last; null: it was not shown here. Never rejects. */
  find(request: string): Promise<KeptPicture | null>;
  /** It was found here, and no engine of this page made it. */
  isKept(picture: PanelPicture): boolean;
  /** An engine made it for this request, and it is on the screen. */
  shows(request: string, picture: PanelPicture): void;
  /** What the relay serves now. Of other boards nothing is kept: a window of the same name may be another. */
  serves(boards: Boards): void;
  /** Never rejects. */
  save(): Promise<void>;
  close(): void;
}

export interface KeptPicture {
  readonly picture: DataPicture;
  /** Where its stream stood; null: not known. */
  readonly positions: Position | null;
}

export interface KeptPicturesOptions {
  /** Whose boards they are. */
  readonly relay: string;
  readonly build: string;
  readonly clock: Clock;
  readonly status: () => Pick<Status, 'streams'> | null;
  /** Called once: a browser that keeps nothing is not asked again. */
  readonly onError: (error: unknown) => void;
}

type DataPicture = Exclude<PanelPicture, { readonly kind: 'error' }>;

/** What is kept is of the build that drew it: tabs of two may be open at once. */
interface OfBuild {
  readonly build: string;
}

type KeptBoards = OfBuild & { readonly boards: Boards };

const BOARDS = 'boards';
const SAVED_EVERY_MS = 10_000;
/** The first are kept soon: a page may be left soon, and not every browser lets it write then. */
const FIRST_SAVED_MS = 1_000;
/** Kept of many boards and stretches of time; beyond, those go that this page has not shown, then what it has not shown for longest. */
const MAX_KEPT = 256;

export function openKeptPictures({ relay, build, clock, status, onError }: KeptPicturesOptions): KeptPictures {
  const store = createStore(`highwater pictures ${relay}`, 'pictures');
  const unsaved = new Map<string, DataPicture>();
  /** Saved by this page, the longest ago first. */
  const saved = new Set<string>();
  const found = new WeakSet<PanelPicture>();
  let served: Boards | null = null;
  /** How often what was kept was let go of. */
  let cleared = 0;
  let broken = false;

  const tried = async <Value>(use: () => Promise<Value>, otherwise: Value): Promise<Value> => {
    if (broken) return otherwise;
    try {
      return await use();
    } catch (error) {
      if (!broken) onError(error);
      broken = true;
      return otherwise;
    }
  };
  const boards = tried(async () => {
    const kept = await get<KeptBoards>(BOARDS, store);
    if (kept === undefined || kept.build === build) return kept?.boards ?? null;
    await clear(store);
    return null;
  }, null);

  const save = () =>
    tried(async () => {
      if (served === null || unsaved.size === 0) return;
      const { streams = {} } = status() ?? {};
      const entries: [string, KeptBoards | (OfBuild & KeptPicture)][] = [[BOARDS, { build, boards: served }]];
      for (const [request, picture] of unsaved) {
        entries.push([request, { build, picture, positions: streams[picture.stream]?.positions ?? null }]);
        saved.delete(request);
        saved.add(request);
      }
      unsaved.clear();
      await store('readwrite', (into) => {
        for (const [key, value] of entries) into.put(value, key);
        // Of a page that is left, nothing runs later that could end it.
        into.transaction.commit();
        return promisifyRequest(into.transaction);
      });
      const all = await keys<string>(store);
      if (all.length <= MAX_KEPT) return;
      const others = all.filter((key) => key !== BOARDS && !saved.has(key));
      const oldest = [...saved].slice(0, Math.max(0, saved.size - MAX_KEPT / 2));
      for (const request of oldest) saved.delete(request);
      await delMany([...others, ...oldest], store);
    }, undefined);
  let cancel: (() => void) | null = null;
  const saveAgain = () => {
    void save();
    cancel = clock.after(SAVED_EVERY_MS, saveAgain);
  };

  return {
    boards,
    find: (request) =>
      tried(async () => {
        // What another build kept is gone by then.
        await boards;
        const before = cleared;
        const kept = await get<OfBuild & KeptPicture>(request, store);
        if (kept?.build !== build || before !== cleared) return null;
        found.add(kept.picture);
        return kept;
      }, null),
    isKept: (picture) => found.has(picture),
    shows(request, picture) {
      if (picture.kind === 'error' || picture.maxEventTimeUs === null) return;
      unsaved.set(request, picture);
      cancel ??= clock.after(FIRST_SAVED_MS, saveAgain);
    },
    async serves(now) {
      const before = served ?? (await boards);
      served = now;
      if (before === null || JSON.stringify(before) === JSON.stringify(now)) return;
      unsaved.clear();
      cleared++;
      await tried(() => clear(store), undefined);
    },
    save,
    close: () => cancel?.(),
  };
}
