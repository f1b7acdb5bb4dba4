import type { IPublishPacket } from 'mqtt-packet';
import type { Clock } from '../../../contract/clock.ts';
import type { SourceState } from '../../../contract/protocol/down.ts';
import { told } from '../../feed-state.ts';
import type { RawRecord } from '../source.ts';
import { retryDelayMs, sleep, untilAborted } from '../wait.ts';
import type { MqttAddress } from './address.ts';
import { failureState } from './failure.ts';
import { type MqttLink, openLink } from './link.ts';
import { MessageQueue } from './queue.ts';
import { BrokerRefusal } from './refusal.ts';
import type { Missed, MqttSession } from './session.ts';
import type { Certificates } from './wire.ts';

/**
 * Keeps one session with the broker going over any number of connections, and gives every new message its offset.
 *
 *     connecting ─▶ (the session is there | it is not: subscribe, gap) ─▶ live ─▶ lost ─▶ connecting ─▶ …
 *          │                 ╰─▶ in doubt ─▶ (a message: it is there | none for 2 s: subscribe, gap) ─▶ live
 *          ╰─▶ failed ─▶ (0.5 … 10 s) ─╯
 *
 * In doubt: the broker was asked before, and its answer was lost. It may have made the session then that it has now; but
 * of one that nobody has subscribed by it sends nothing.
 */
export interface ConnectionParts {
  readonly address: MqttAddress;
  readonly filter: string;
  readonly session: MqttSession;
  /** Read anew for each connection. */
  readonly certificates: () => Promise<Certificates | null>;
  readonly clock: Clock;
  readonly maxQueued: number;
  /** Of the first message. */
  readonly nextOffset: number;
}

const MAX_QUEUED_BYTES = 32 * 1024 * 1024;
/** Sent and not yet answered: 100,000 messages a second, each kept within 80 ms. */
const MAX_IN_FLIGHT = 8_192;
/** What was read shortly before the end is kept in about this time, and need not be sent again then. */
const LAST_ANSWERS_MS = 300;
const DOUBT_MS = 2_000;

export class MqttConnection {
  readonly queue: MessageQueue;
  readonly #parts: ConnectionParts;
  #link: MqttLink | null = null;
  #live = false;
  #nextOffset: number;
  #takenBelow: number;
  #keptBelow: number;
  /** What the next gap says; null: nothing was missed. */
  #missed: Missed | null;
  /** The broker was asked before, and may have made the session it now says it had. */
  #inDoubt = false;
  /** Resolves once that is answered by what comes; null: there is nothing to be answered. */
  #proof: PromiseWithResolvers<boolean> | null = null;
  /** Where the newest gap was told; null: there was none, or a row after it is kept. */
  #gapAt: number | null = null;
  #allKept: () => void = () => undefined;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#nextOffset = parts.nextOffset;
    this.#takenBelow = parts.nextOffset;
    this.#keptBelow = parts.nextOffset;
    const { maxQueued, session } = parts;
    this.#missed = session.missed;
    this.queue = new MessageQueue({ maxQueued, maxQueuedBytes: MAX_QUEUED_BYTES }, () => this.#link?.resume());
    session.onSaveFailed((error) => this.#tell(saveFailed(error)));
  }

  get live(): boolean {
    return this.#live;
  }

  /** A reader has the records below `next`. */
  taken(next: number): void {
    this.#takenBelow = next;
  }

  /** The records below `next` are kept. */
  kept(next: number): void {
    this.#keptBelow = Math.max(this.#keptBelow, next);
    this.#parts.session.inFlight.kept(next);
    if (this.#gapAt !== null && next > this.#gapAt && this.#missed === null) {
      this.#gapAt = null;
      this.#parts.session.gapKept();
    }
    if (this.#keptBelow >= this.#takenBelow) this.#allKept();
  }

  /** Until `signal` aborts; what a reader has may then still be kept, and is answered, for a moment. */
  async run(signal: AbortSignal): Promise<void> {
    const { address, session, clock } = this.#parts;
    await untilAborted(session.save(), signal);
    let why = 'the relay was not running';
    for (let failures = 0; !signal.aborted; ) {
      if (failures === 0) this.#tell({ state: 'connecting', message: null, fix: null });
      try {
        const link = await this.#connect(why, signal);
        await untilAborted(this.#endDoubt(link, why), signal);
        await untilAborted(this.#subscribe(link), signal);
        if (signal.aborted) break;
        failures = 0;
        this.#tellGap();
        this.#live = true;
        this.#tell({ state: 'live', message: null, fix: null });
        const loss = await untilAborted(link.lost, signal);
        if (signal.aborted) break;
        why = `the connection to ${address.name} was lost${loss?.message ? ` (${loss.message})` : ''}`;
        if (loss instanceof BrokerRefusal && loss.kind === 'taken-over') throw loss;
        this.#tell({ state: 'connecting', message: why, fix: null });
      } catch (error) {
        if (signal.aborted) break;
        failures++;
        this.#tell(failureState(address, error));
      } finally {
        this.#live = false;
        await this.#leave(signal.aborted);
      }
      await sleep(clock, retryDelayMs(failures), signal);
    }
  }

  async #connect(why: string, signal: AbortSignal): Promise<MqttLink> {
    const { address, session, clock, certificates, maxQueued } = this.#parts;
    return openLink(
      {
        address,
        certificates: await certificates(),
        clientId: session.clientId,
        clean: session.filterChanged || !(session.persistent || session.established),
        lasting: session.persistent,
        receiveMaximum: Math.min(MAX_IN_FLIGHT, maxQueued),
        clock,
        asking: () => {
          this.#inDoubt = session.asking;
          return session.ask();
        },
        refused: () => session.refused(this.#inDoubt),
        opened: (link) => this.#opened(link, why),
        publish: (packet) => this.#arrived(packet),
        release: (packetId) => void this.#released(packetId),
      },
      signal,
    );
  }

  #opened(link: MqttLink, why: string): void {
    const { session, clock } = this.#parts;
    this.#link = link;
    session.inFlight.connected((answer) => link.send(answer));
    if (!link.sessionPresent) session.inFlight.forget();
    if (this.queue.isFull) link.pause();
    const reason = this.#reasonOfLoss(link.sessionPresent, why);
    if (reason !== null) this.#missed = { reason, foundAtMs: clock.nowMs() };
    const isOpen = this.#inDoubt && link.sessionPresent && session.established && !session.filterChanged;
    this.#proof = isOpen ? Promise.withResolvers() : null;
    if (!isOpen) session.answered(link.sessionPresent && !this.#inDoubt, this.#missed);
  }

  async #endDoubt(link: MqttLink, why: string): Promise<void> {
    const { session, clock } = this.#parts;
    const proof = this.#proof;
    if (proof === null) return;
    let cancel = () => {};
    // While nothing is read, nothing comes.
    const wait = () => {
      cancel = clock.after(DOUBT_MS, () => (this.queue.isFull ? wait() : proof.resolve(false)));
    };
    wait();
    const isOld = await Promise.race([proof.promise, link.lost]);
    cancel();
    this.#proof = null;
    if (typeof isOld !== 'boolean') throw isOld ?? new Error('it was closed');
    const reason = `${why}, and the broker may have made the session anew: an answer of it was lost; messages published meanwhile may not have been received`;
    if (!isOld) this.#missed ??= { reason, foundAtMs: clock.nowMs() };
    session.answered(isOld, this.#missed);
  }

  /** Null: the broker has kept all that there was. */
  #reasonOfLoss(sessionPresent: boolean, why: string): string | null {
    const { session } = this.#parts;
    if (session.filterChanged)
      return this.#nextOffset > 0
        ? 'the topic filter was changed; what was published meanwhile was not received'
        : null;
    if (!session.established) return null;
    if (!sessionPresent)
      return `${why}, and the broker did not keep the session; messages published meanwhile were not received`;
    return session.qos0 ? `${why}; messages published meanwhile with QoS 0 were not received` : null;
  }

  /** Nothing new comes of a session that is gone before the filter is asked for again. */
  async #subscribe(link: MqttLink): Promise<void> {
    const { session, filter } = this.#parts;
    if (link.sessionPresent && session.granted) return;
    await session.subscribing(link.protocolVersion);
    await link.subscribe(filter, session.established ? 'none' : 'all');
    await session.subscribed();
  }

  #arrived(packet: IPublishPacket): void {
    const { session, clock } = this.#parts;
    this.#proof?.resolve(true);
    const { topic, qos, dup, retain, messageId: packetId = 0 } = packet;
    if (retain && session.retainedAgain) {
      if (qos !== 0) session.inFlight.passedOver({ packetId, qos, dup }, this.#nextOffset);
      return;
    }
    if (qos !== 0 && !session.inFlight.arrived({ packetId, qos, dup }, this.#nextOffset)) return;
    if (qos === 0 && !retain) session.sawQos0();
    if (qos === 2) void session.save();
    this.#tellGap();
    const headers = userProperties(packet);
    const value = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    const record: RawRecord = {
      offset: this.#nextOffset++,
      topic,
      timestampMs: clock.nowMs(),
      key: null,
      value,
      ...(headers !== null && { headers }),
      ...(retain && { retained: true }),
    };
    this.queue.push({ kind: 'record', record, once: qos === 2 });
    if (this.queue.isFull) this.#link?.pause();
  }

  /** The broker may give the id to another message once it is told so: not before we would know that after a crash. */
  async #released(packetId: number): Promise<void> {
    const link = this.#link;
    this.#proof?.resolve(true);
    this.#parts.session.inFlight.released(packetId);
    await this.#parts.session.save();
    link?.send({ cmd: 'pubcomp', messageId: packetId });
  }

  async #leave(ending: boolean): Promise<void> {
    const { session, clock } = this.#parts;
    const link = this.#link;
    if (link === null) return;
    link.pause();
    if (ending && session.persistent && this.#keptBelow < this.#takenBelow)
      await new Promise<void>((resolve) => {
        this.#allKept = resolve;
        link.lost.then(() => resolve());
        clock.after(LAST_ANSWERS_MS, resolve);
      });
    session.inFlight.connected(null);
    this.#link = null;
    await link.close(ending && !session.persistent);
  }

  #tellGap(): void {
    if (this.#missed === null) return;
    const at = { partition: 0, firstOffset: this.#nextOffset, nextOffset: this.#nextOffset };
    this.queue.push({ kind: 'event', event: { kind: 'gap', ...at, ...this.#missed } });
    this.#gapAt = this.#nextOffset;
    this.#missed = null;
  }

  #tell(state: SourceState): void {
    this.queue.push({ kind: 'event', event: { kind: 'state', state } });
  }
}

function userProperties({ properties }: IPublishPacket): [name: string, value: string][] | null {
  const named = Object.entries(properties?.userProperties ?? {});
  if (named.length === 0) return null;
  return named.flatMap(([name, values]) => [values].flat().map((value): [string, string] => [name, value]));
}

function saveFailed(error: unknown): SourceState {
  return {
    state: 'failed',
    message: `what must be known of the MQTT session cannot be saved: ${told(error).message}`,
    fix: 'make room on the disk of the data folder; the relay keeps trying',
  };
}
