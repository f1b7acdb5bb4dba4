/** Lets the keyboard into an element for as long as it holds more than there is room for. Gives the way to stop looking. */
export function scrollable(element: HTMLElement): () => void {
  const look = () => {
    if (element.scrollHeight > element.clientHeight + 1) element.tabIndex = 0;
    else element.removeAttribute('tabindex');
  };
  const observer = new ResizeObserver(look);
  for (const one of [element, ...element.children]) observer.observe(one);
  return () => observer.disconnect();
}
