/** Where the relay is: what served the page, or what `?relay=https://host:port` names. */
export interface RelayUrl {
  /** `https://host:port`, without a slash at its end. */
  readonly origin: string;
  readonly socketUrl: string;
  readonly streamUrl: string;
  readonly versionUrl: string;
  /** Another place than the page's own. */
  readonly isElsewhere: boolean;
}

export function relayUrl(page: Pick<Location, 'protocol' | 'host' | 'search'>): RelayUrl {
  const own = `${page.protocol}//${page.host}`;
  const origin = namedIn(page.search) ?? own;
  return {
    origin,
    socketUrl: `${origin.replace(/^http/, 'ws')}/socket`,
    streamUrl: `${origin}/stream`,
    versionUrl: `${origin}/version`,
    isElsewhere: origin !== own,
  };
}

/** `host:port` is taken as written; null: none is named, or nothing that can be reached. */
function namedIn(search: string): string | null {
  const named = new URLSearchParams(search).get('relay');
  if (named === null || named === '') return null;
  const url = URL.parse(/^[a-z]+:\/\//i.test(named) ? named : `http://${named}`);
  const protocol = url?.protocol.replace(/^ws/, 'http');
  return url !== null && (protocol === 'http:' || protocol === 'https:') ? `${protocol}//${url.host}` : null;
}
