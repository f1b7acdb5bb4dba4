import { ADDRESS_CHANGE } from '../board/address.ts';

/** Calls back when the page's address has changed, whoever changed it. Ends by the function returned. */
export function onAddress(look: () => void): () => void {
  const events = ['popstate', ADDRESS_CHANGE];
  for (const event of events) window.addEventListener(event, look);
  return () => {
    for (const event of events) window.removeEventListener(event, look);
  };
}
