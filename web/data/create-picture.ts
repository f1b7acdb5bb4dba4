import { type Accessor, createEffect, createSignal, createUniqueId, on, onCleanup } from 'solid-js';
import type { PanelPicture, PanelRequest } from '../../contract/worker-api.ts';
import type { EngineLink } from './engine-link.ts';
import type { KeptPicture, KeptPictures } from './kept-pictures.ts';

/**
 * A maker of pictures: the newest picture of a request, watched while the request is not null. The last picture stays
 * when the request changes or becomes null, until a newer one comes.
 *
 * The worker makes the next picture only when the promise given for the one before is resolved: in the animation frame
 * in which the page drew it. So a page that cannot keep up is sent fewer pictures, and none wait anywhere.
 *
 * Until there is an engine that is as far, what the request showed last in this browser is shown, where `kept` has it.
 */
export function createPictures(
  link: EngineLink,
  kept: Pick<KeptPictures, 'find' | 'shows'> | null,
  requestFrame: (run: () => void) => void,
): (request: Accessor<PanelRequest | null>) => Accessor<PanelPicture | undefined> {
  return (request) => {
    const id = createUniqueId();
    const [picture, setPicture] = createSignal<PanelPicture>();
    let current: PanelRequest | null = null;
    const showLast = ({ picture: last, positions }: KeptPicture) => {
      if (link.hold(id, { stream: last.stream, positions })) setPicture(last);
    };
    createEffect(
      on(request, (wanted) => {
        const asked = JSON.stringify(wanted);
        if (asked === JSON.stringify(current)) return;
        current = wanted;
        if (wanted === null) {
          link.unwatch(id);
          return;
        }
        const show = (made: PanelPicture) => {
          if (current !== wanted) return;
          setPicture(made);
          kept?.shows(asked, made);
          return new Promise<void>((drawn) => requestFrame(() => drawn()));
        };
        link.watch(id, wanted, show);
        if (kept && !link.current) void kept.find(asked).then((last) => last && current === wanted && showLast(last));
      }),
    );
    onCleanup(() => {
      current = null;
      link.unwatch(id);
    });
    return picture;
  };
}
