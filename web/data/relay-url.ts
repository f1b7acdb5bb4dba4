/** Where the relay is: what served the page, or what `?relay=https://host:port` names. */
export interface RelayUrl {
  /** `https://host:port`, with the folder it is in, where it is in one; without a slash at its end. */
  readonly base: string;
  readonly socketUrl: string;
  readonly streamUrl: string;
  readonly versionUrl: string;
  /** Another place than the page's own. */
  readonly isElsewhere: boolean;
}

export function relayUrl(page: Pick<Location, 'protocol' | 'host' | 'pathname' | 'search'>): RelayUrl {
  const own = `${page.protocol}//${page.host}${page.pathname.replace(/\/[^/]*$/, '')}`;
  const base = namedIn(page.search) ?? own;
  return {
    base,
    socketUrl: `${base.replace(/^http/, 'ws')}/socket`,
    streamUrl: `${base}/stream`,
    versionUrl: `${base}/version`,
    isElsewhere: base !== own,
  };
}

/** `host:port` is taken as written; null: none is named, or nothing that can be reached. */
function namedIn(search: string): string | null {
  const named = new URLSearchParams(search).get('relay');
  if (named === null || named === '') return null;
  const url = URL.parse(/^[a-z]+:\/\//i.test(named) ? named : `http://${named}`);
  const protocol = url?.protocol.replace(/^ws/, 'http');
  return url !== null && (protocol === 'http:' || protocol === 'https:')
    ? `${protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`
    : null;
}
