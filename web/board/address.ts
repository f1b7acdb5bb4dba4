import { type Accessor, createSignal, onCleanup } from 'solid-js';
import { readView, type View, writeView } from './view.ts';

/** The page's address as a signal, and the ways to change it. */
export interface Address {
  readonly view: Accessor<View>;
  /** `push`: the browser's Back undoes it; else it only is what a link copied now says. */
  readonly go: (change: Partial<View>, push?: boolean) => void;
  readonly href: (change: Partial<View>) => string;
}

/** Told on `window` when the page itself has changed its address: history tells only of what the browser does. */
export const ADDRESS_CHANGE = 'highwater-address';

export function createAddress(): Address {
  const [view, setView] = createSignal(readView(location.search));
  const href = (change: Partial<View>) => `${location.pathname}${writeView({ ...view(), ...change }, location.search)}`;
  const put = (url: string, push: boolean) => {
    if (url === `${location.pathname}${location.search}`) return;
    if (push) history.pushState(null, '', url);
    else history.replaceState(history.state, '', url);
    setView(readView(location.search));
    window.dispatchEvent(new Event(ADDRESS_CHANGE));
  };
  const read = () => void setView(readView(location.search));
  /** A link to another view of this page needs no other page: the engine and what it holds stay. */
  const follow = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || link.target !== '') return;
    if (link.origin !== location.origin || link.pathname !== location.pathname) return;
    if (link.hasAttribute('download') || link.hash !== '' || others(link.search) !== others(location.search)) return;
    event.preventDefault();
    put(`${link.pathname}${link.search}`, true);
    window.scrollTo(0, 0);
  };
  window.addEventListener('popstate', read);
  document.addEventListener('click', follow);
  onCleanup(() => {
    window.removeEventListener('popstate', read);
    document.removeEventListener('click', follow);
  });
  return { view, go: (change, push = false) => put(href(change), push), href };
}

const NOTHING = readView('');

/** What of an address is not the view's: which relay is read, say. */
function others(search: string): string {
  return writeView({ ...NOTHING, kiosk: readView(search).kiosk }, search);
}
