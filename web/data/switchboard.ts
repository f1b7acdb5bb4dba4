/**
 * The one script all pages of the origin can reach, and nothing but the way to the worker: it hands a page's MessagePort
 * to the page that leads, which hands it to its worker. It keeps what comes while nobody leads.
 *
 *     follower ──join, port──▶ switchboard ──page, port──▶ leader ──serve──▶ worker
 *              ◀═══════════════ calls and pictures, directly ═══════════════▶
 */
export type ToSwitchboard = { readonly kind: 'lead' } | { readonly kind: 'join'; readonly page: string };
export type FromSwitchboard = { readonly kind: 'leading' } | { readonly kind: 'join'; readonly page: string };

let leader: MessagePort | null = null;
/** Of each page only the newest: it has let go those before. */
const waiting = new Map<string, MessagePort>();

const give = (to: MessagePort, page: string, port: MessagePort) =>
  to.postMessage({ kind: 'join', page } satisfies FromSwitchboard, [port]);

(self as unknown as SharedWorkerGlobalScope).onconnect = ({ ports: [connection] }) => {
  if (!connection) return;
  connection.onmessage = ({ data, ports: [port] }: MessageEvent<ToSwitchboard>) => {
    if (data.kind === 'lead') {
      leader = connection;
      connection.postMessage({ kind: 'leading' } satisfies FromSwitchboard);
      for (const [page, kept] of waiting) give(connection, page, kept);
      waiting.clear();
    } else if (port) {
      if (leader) give(leader, data.page, port);
      else waiting.set(data.page, port);
    }
  };
};
