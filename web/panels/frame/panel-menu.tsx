import { createMemo, createSignal, createUniqueId, For, type JSX, Show, untrack } from 'solid-js';

export interface PanelAction {
  readonly label: string;
  /** Keys that do the same, for who looks for them. */
  readonly keys?: string;
  /** Leads elsewhere instead of doing something here. */
  readonly href?: string;
  readonly run?: () => void;
}

/**
 * What can be done with a panel, under a button that shows itself where the pointer or the focus is, and always where
 * there is no pointer. Arrows move, Enter chooses, Escape closes and gives the focus back.
 */
export function PanelMenu(props: { title: string; actions: readonly PanelAction[] }): JSX.Element {
  const id = createUniqueId();
  const [open, setOpen] = createSignal(false);
  /** As they were when it was opened: what is about to be chosen does not change under the focus. */
  const actions = createMemo(() => (open() ? untrack(() => props.actions) : []));
  let button: HTMLButtonElement | undefined;
  let list: HTMLDivElement | undefined;
  const items = () => [...(list?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [])];
  /** Over all else, under the button, and inside the window. */
  const place = () => {
    if (!list || !button) return;
    const at = button.getBoundingClientRect();
    const { width, height } = list.getBoundingClientRect();
    const below = at.bottom + 4;
    const top = below + height > innerHeight - 4 ? Math.max(4, at.top - height - 4) : below;
    list.style.left = `${Math.max(4, Math.min(at.right - width, innerWidth - width - 4))}px`;
    list.style.top = `${top}px`;
  };
  const toggled = (event: Event) => {
    const now = (event as ToggleEvent).newState === 'open';
    setOpen(now);
    if (!now) return;
    place();
    items()[0]?.focus();
  };
  const move = (event: KeyboardEvent) => {
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === 'Tab') list?.hidePopover();
    if (next === undefined) return;
    event.preventDefault();
    all[(next + all.length) % all.length]?.focus();
  };
  const choose = (action: PanelAction) => {
    list?.hidePopover();
    button?.focus();
    action.run?.();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class="panel-menu-button"
        aria-label={`What to do with ${props.title}`}
        aria-haspopup="menu"
        aria-expanded={open()}
        popovertarget={id}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <circle cx="3" cy="8" r="1.5" fill="currentColor" />
          <circle cx="8" cy="8" r="1.5" fill="currentColor" />
          <circle cx="13" cy="8" r="1.5" fill="currentColor" />
        </svg>
      </button>
      <div
        ref={list}
        id={id}
        class="menu panel-menu"
        popover="auto"
        role="menu"
        aria-label={`What to do with ${props.title}`}
        tabIndex={-1}
        onToggle={toggled}
        onKeyDown={move}
      >
        <For each={actions()}>
          {(action) => (
            <Show
              when={action.href}
              fallback={
                <button type="button" role="menuitem" tabIndex={-1} onClick={() => choose(action)}>
                  {action.label} <small>{action.keys}</small>
                </button>
              }
            >
              {(href) => (
                <a role="menuitem" tabIndex={-1} href={href()} onClick={() => list?.hidePopover()}>
                  {action.label} <small>{action.keys}</small>
                </a>
              )}
            </Show>
          )}
        </For>
      </div>
    </>
  );
}
