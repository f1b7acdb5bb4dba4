import { createUniqueId, type JSX } from 'solid-js';

/** What a panel means, told beside its title: on hover, and on a click or Enter for who has no pointer. */
export function About(props: { title: string; text: string }): JSX.Element {
  const id = createUniqueId();
  let note: HTMLDivElement | undefined;
  let button: HTMLButtonElement | undefined;
  const place = (event: Event) => {
    if (!note || !button || (event as ToggleEvent).newState !== 'open') return;
    const at = button.getBoundingClientRect();
    note.style.left = `${Math.max(4, Math.min(at.left, innerWidth - note.getBoundingClientRect().width - 4))}px`;
    note.style.top = `${at.bottom + 4}px`;
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class="about"
        aria-label={`About ${props.title}`}
        aria-describedby={id}
        title={props.text}
        popovertarget={id}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" stroke-width="1.3" />
          <path d="M8 7.2v4" stroke="currentColor" stroke-width="1.5" />
          <circle cx="8" cy="4.9" r=".95" fill="currentColor" />
        </svg>
      </button>
      <div ref={note} id={id} class="about-note" popover="auto" role="note" onToggle={place}>
        {props.text}
      </div>
    </>
  );
}
