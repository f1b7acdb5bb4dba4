/**
 * Links to other boards change what is shown, without loading the page again: what it was given would be gone; those to another demo load it. Ends by
 * the function returned.
 */
export function keepPage(): () => void {
  const follow = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || url.pathname !== location.pathname) return;
    if (url.searchParams.get('demo') !== new URLSearchParams(location.search).get('demo')) return;
    event.preventDefault();
    history.pushState(null, '', url);
    window.dispatchEvent(new PopStateEvent('popstate'));
  };
  document.addEventListener('click', follow);
  return () => document.removeEventListener('click', follow);
}
