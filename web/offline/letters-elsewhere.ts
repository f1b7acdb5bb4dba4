import { LETTERS_LINK } from '../board/letters-href.ts';

/**
 * The links to dead letters lead to the host of this page; where the relay is another, they open that relay's own page of
 * them. Ends by the function returned.
 */
export function lettersElsewhere(base: string): () => void {
  const open = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest(LETTERS_LINK) : null;
    if (link === null || event.button > 1) return;
    event.preventDefault();
    window.open(`${base}/${link.getAttribute('href')}`, '_blank', 'noopener');
  };
  const events = ['click', 'auxclick'] as const;
  for (const event of events) window.addEventListener(event, open);
  return () => {
    for (const event of events) window.removeEventListener(event, open);
  };
}
