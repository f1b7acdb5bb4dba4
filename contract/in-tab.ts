/**
 * What a page asks of the relay that runs in the tab itself, for files that were dropped on it. Nothing leaves the tab.
 *
 *     page ── files ──▶ relay's worker ◀── a port per engine ── page ── the port's other end ──▶ engine's worker
 *
 * On its port an engine asks for a connection by sending the end of another port, on which then go the messages of the
 * protocol: texts, and frames as ArrayBuffers. null closes it.
 */
export type InTabMessage =
  | { readonly kind: 'files'; readonly files: readonly File[] }
  | { readonly kind: 'engine'; readonly port: MessagePort };
