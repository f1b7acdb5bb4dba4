/**
 * Asks the browser to keep what this origin stores also when it runs short of room, where it is not promised yet. Some
 * browsers (Firefox) ask the viewer then, and remember a no: so nothing is asked before the first press of a key or a
 * button, from which it is plain whose page this is. A kiosk, which nobody touches, was set up to stay: it asks at once.
 *
 *     promised? ── yes ──▶ told: true
 *        └── no ──▶ told: false ── first gesture, or a kiosk ──▶ asked ──▶ told: the answer
 */
export interface PersistenceOptions {
  /** Left out where the page is not served over https, or the browser has none. */
  readonly storage: Pick<StorageManager, 'persist' | 'persisted'> | undefined;
  readonly gestures: EventTarget;
  readonly atOnce: boolean;
  readonly tell: (persisted: boolean) => void;
  readonly onError: (error: unknown) => void;
}

const GESTURES = ['pointerdown', 'keydown'];

/** The function returned ends the waiting for a gesture. */
export function askPersistence({ storage, gestures, atOnce, tell, onError }: PersistenceOptions): () => void {
  let ended = false;
  const end = () => {
    ended = true;
    for (const kind of GESTURES) gestures.removeEventListener(kind, ask);
  };
  const ask = () => {
    end();
    storage?.persist().then(tell, onError);
  };
  storage?.persisted().then((promised) => {
    if (ended) return;
    tell(promised);
    if (promised) return;
    if (atOnce) ask();
    else for (const kind of GESTURES) gestures.addEventListener(kind, ask);
  }, onError);
  return end;
}
