import { type Accessor, createEffect, createSignal, createUniqueId, on, onCleanup } from 'solid-js';
import type { PanelPicture, PanelRequest } from '../../contract/worker-api.ts';
import type { EngineLink } from './engine-link.ts';

/**
 * A maker of pictures: the newest picture of a request, watched while the request is not null. The last picture stays
 * when the request changes or becomes null, until a newer one comes.
 *
 * The worker makes the next picture only when the promise given for the one before is resolved: in the animation frame
 * in which the page drew it. So a page that cannot keep up is sent fewer pictures, and none wait anywhere.
 */
export function createPictures(
  link: EngineLink,
  requestFrame: (run: () => void) => void,
): (request: Accessor<PanelRequest | null>) => Accessor<PanelPicture | undefined> {
  return (request) => {
    const id = createUniqueId();
    const [picture, setPicture] = createSignal<PanelPicture>();
    let current: PanelRequest | null = null;
    createEffect(
      on(request, (wanted) => {
        if (JSON.stringify(wanted) === JSON.stringify(current)) return;
        current = wanted;
        if (wanted === null) {
          link.unwatch(id);
          return;
        }
        const show = (made: PanelPicture) => {
          if (current !== wanted) return;
          setPicture(made);
          return new Promise<void>((drawn) => requestFrame(() => drawn()));
        };
        link.watch(id, wanted, show);
      }),
    );
    onCleanup(() => {
      current = null;
      link.unwatch(id);
    });
    return picture;
  };
}
