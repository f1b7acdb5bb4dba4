import { createUniqueId, type JSX, onCleanup, onMount, Show } from 'solid-js';
import { Portal } from 'solid-js/web';

export interface SheetProps {
  readonly title: string;
  readonly open: boolean;
  /** The viewer has closed it: by its button, Escape, or a click beside it. */
  readonly onClose: () => void;
  /** What is a table or text of some width. */
  readonly wide?: boolean;
  readonly class?: string;
  /** Beside the title: what can be done with the whole of it. */
  readonly actions?: JSX.Element;
  readonly children: JSX.Element;
}

/**
 * The page's one kind of dialog: a sheet over it, there only while it is open, so that what it shows costs nothing
 * before. The focus goes in, stays in, and goes back to where it was.
 */
export function Sheet(props: SheetProps): JSX.Element {
  return (
    <Show when={props.open}>
      <Portal>
        <Opened {...props} />
      </Portal>
    </Show>
  );
}

function Opened(props: SheetProps): JSX.Element {
  const heading = createUniqueId();
  let dialog: HTMLDialogElement | undefined;
  onMount(() => dialog?.showModal());
  let isGone = false;
  // What is taken out of the page while it is open does not give the focus back.
  onCleanup(() => {
    isGone = true;
    dialog?.close();
  });
  return (
    <dialog
      ref={(element) => {
        dialog = element;
        // A click beside it closes it too, where the browser knows this.
        element.setAttribute('closedby', 'any');
      }}
      class={`sheet ${props.class ?? ''}`}
      classList={{ wide: props.wide ?? false }}
      aria-labelledby={heading}
      onClose={() => isGone || props.onClose()}
    >
      <div class="sheet-body">
        <header class="sheet-head">
          <h2 id={heading}>{props.title}</h2>
          <div class="sheet-actions">
            {props.actions}
            <button type="button" class="sheet-button" onClick={() => dialog?.close()}>
              Close
            </button>
          </div>
        </header>
        {props.children}
      </div>
    </dialog>
  );
}
