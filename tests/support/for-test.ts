import type { Browser } from 'playwright';
import { expect, onTestFinished, vi } from 'vitest';
import { type BoardTab, type OpenOptions, openBoard } from './chromium.ts';
import { type RelayProcess, startRelayProcess } from './relay-process.ts';

/** Relays and tabs that live as long as the test that asks for them. */

/** What a browser says of a relay that is away, or goes while it is asked for something, where a test provokes it. */
export const AWAY =
  /WebSocket connection to .* failed|ERR_CONNECTION_(REFUSED|RESET|CLOSED|ABORTED)|ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED/;

/** Waits for what takes a moment; fails with the last answer. */
export const until = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 45_000, interval: 100 });

export async function relayForTest(...args: readonly string[]): Promise<RelayProcess> {
  const relay = await startRelayProcess(args);
  onTestFinished(() => relay.remove());
  return relay;
}

/** From then on what is published to an MQTT topic is kept for it: `/readyz` says only that there is something to serve. */
export const sourceIsLive = (relay: RelayProcess, stream: string) =>
  until(async () => expect(relay.output()).toContain(`"stream":"${stream}","state":"live"`));

export async function tabForTest(browser: Browser, url: string, options?: OpenOptions): Promise<BoardTab> {
  const tab = await openBoard(browser, url, options);
  onTestFinished(() => tab.close());
  return tab;
}
