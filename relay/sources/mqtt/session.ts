import { z } from 'zod';
import type { Clock } from '../../../contract/clock.ts';
import type { SourceMemory } from '../source.ts';
import { retryDelayMs } from '../wait.ts';
import { InFlight } from './in-flight.ts';

/**
 * What the relay must know of its session with a broker, in the source's memory: written whenever it changes, and before
 * anything is done that the broker could not undo.
 *
 *     new ─▶ known (a client id) ─▶ established (the filter is granted) ─▶ lost ─▶ established …
 */
const StateSchema = z.object({
  version: z.literal(1),
  /** The broker keeps the session under this name. */
  clientId: z.string(),
  /** Of the offsets that count its messages. */
  epoch: z.string(),
  filter: z.string(),
  /** The broker has granted the filter once: from then on what it does not know of this session is a loss. */
  established: z.boolean(),
  /** Something of QoS 0 came: the broker keeps nothing of that kind while nobody is connected. */
  qos0: z.boolean(),
  /** MQTT 3.1.1 sends retained messages again where the filter is asked for again; they have been rows. */
  retainedAgain: z.boolean(),
  /** What a gap must still say; null: nothing, or a row after it is kept. */
  missed: z.string().nullable().default(null),
  missedAtMs: z.number().nullable().default(null),
  /** The broker is asked for the session, and what it answered is not saved: it may be one that it made for that. */
  asking: z.boolean().default(false),
  /** False from just before the filter is asked for until it is granted. */
  granted: z.boolean().default(true),
  inFlight: z.array(z.tuple([z.number(), z.number()])),
});
type State = z.infer<typeof StateSchema>;

/** What a gap is to say. */
export interface Missed {
  readonly reason: string;
  readonly foundAtMs: number;
}

const NEW = { established: false, qos0: false, retainedAgain: false };

export class MqttSession {
  readonly inFlight = new InFlight();
  readonly #memory: SourceMemory | null;
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #filter: string;
  #state: Omit<State, 'inFlight' | 'version'>;
  #loaded: boolean;
  #filterChanged = false;
  #changes = 0;
  #savedChanges = 0;
  #saving: Promise<void> | null = null;
  #failed: (error: unknown) => void = () => undefined;

  /** Without a memory it lives as long as this object, and its epoch is `run`. */
  constructor(parts: {
    readonly memory: SourceMemory | null;
    readonly run: string;
    readonly filter: string;
    readonly clock: Clock;
    /** 14 characters that nobody else has. */
    readonly newId: () => string;
  }) {
    this.#memory = parts.memory;
    this.#clock = parts.clock;
    this.#newId = parts.newId;
    this.#filter = parts.filter;
    this.#loaded = parts.memory === null;
    this.#state = {
      // As many characters as every broker of MQTT 3.1.1 must take.
      clientId: `highwater${parts.newId()}`,
      epoch: parts.memory === null ? parts.run : '',
      filter: parts.filter,
      missed: null,
      missedAtMs: null,
      granted: true,
      asking: false,
      ...NEW,
    };
  }

  get persistent(): boolean {
    return this.#memory !== null;
  }
  get clientId(): string {
    return this.#state.clientId;
  }
  get epoch(): string {
    return this.#state.epoch;
  }
  get established(): boolean {
    return this.#state.established;
  }
  get qos0(): boolean {
    return this.#state.qos0;
  }
  /** The broker has granted the filter to the session it keeps, as far as is known. */
  get granted(): boolean {
    return this.#state.established && this.#state.granted;
  }
  /** What a gap must say that may not be in the log yet. */
  get missed(): Missed | null {
    const { missed: reason, missedAtMs } = this.#state;
    return reason === null ? null : { reason, foundAtMs: missedAtMs ?? this.#clock.nowMs() };
  }
  /** The broker was asked, and its answer did not come, or was not saved. */
  get asking(): boolean {
    return this.#state.asking;
  }
  get retainedAgain(): boolean {
    return this.#state.retainedAgain;
  }

  /** The session that the broker may have is for another filter. */
  get filterChanged(): boolean {
    return this.#filterChanged;
  }

  /** What was saved, unless it is loaded already. */
  async load(): Promise<void> {
    if (this.#loaded || this.#memory === null) return;
    const text = await this.#memory.load();
    this.#loaded = true;
    if (text === null) return;
    const read = StateSchema.safeParse(parsed(text));
    // What cannot be read is not known: the rows in the log tell that there was a session. (begin)
    if (!read.success) return;
    const { inFlight, version: _, ...saved } = read.data;
    this.#filterChanged = saved.filter !== this.#filter;
    // The old filter is the session's until the new one is granted.
    this.#state = this.#filterChanged ? { ...saved, ...NEW } : saved;
    if (!this.#filterChanged) this.inFlight.restore(inFlight);
  }

  /**
   * Messages are counted from `next` in `epoch`, where that is this session's or it has none of its own; else anew. What
   * was kept of them ends at `certain`.
   */
  begin(asked: { readonly epoch: string; readonly next: number; readonly certain: number } | null): {
    readonly next: number;
    readonly reset: boolean;
  } {
    const { epoch } = this.#state;
    const joins = asked !== null && (asked.epoch === epoch || (epoch === '' && this.persistent));
    const next = joins ? asked.next : 0;
    if (joins) this.#state.epoch = asked.epoch;
    // Another log: what is retained shall be in it too.
    else if (this.persistent) this.#state = { ...this.#state, ...NEW, epoch: `mqtt:${this.#newId()}` };
    // Rows of this session are in the log, whatever was saved of it.
    if (next > 0 && !this.#filterChanged) this.#state.established = true;
    this.inFlight.resumeAt(joins ? asked.certain : next);
    this.inFlight.kept(next);
    return { next, reset: asked !== null && !joins };
  }

  /** The broker is about to be asked for the session; resolves when that is on disk. */
  ask(): Promise<void> {
    this.#state.asking = true;
    return this.save();
  }

  /** It has not taken the connection: nothing is otherwise than before it was asked. */
  refused(wasAsking: boolean): void {
    this.#state.asking = wasAsking;
  }

  /** It has answered, and has the session it had. What a gap is to say is saved together with that. */
  answered(hasSession: boolean, missed: Missed | null): void {
    this.#state.asking = false;
    if (!hasSession) this.#state.granted = false;
    if (missed !== null) Object.assign(this.#state, { missed: missed.reason, missedAtMs: missed.foundAtMs });
    void this.save();
  }

  /** The filter is about to be asked for; resolves when everything known is on disk. */
  subscribing(protocolVersion: 4 | 5): Promise<void> {
    if (this.#state.established && protocolVersion === 4) this.#state.retainedAgain = true;
    this.#state.granted = false;
    return this.save();
  }

  /** The broker has granted the filter. */
  subscribed(): Promise<void> {
    this.#state = { ...this.#state, established: true, granted: true, filter: this.#filter };
    this.#filterChanged = false;
    return this.save();
  }

  /** A row after the gap is kept. Until then it is remembered: the broker will not tell again that it lost something. */
  gapKept(): void {
    if (this.#state.missed === null) return;
    Object.assign(this.#state, { missed: null, missedAtMs: null });
    void this.save();
  }

  sawQos0(): void {
    if (this.#state.qos0) return;
    this.#state.qos0 = true;
    void this.save();
  }

  /** Who is told when saving fails; it is tried again until it succeeds. */
  onSaveFailed(failed: (error: unknown) => void): void {
    this.#failed = failed;
  }

  /** Resolves when what is known now is on disk; at once, where there is no memory. Calls in a row share one writing. */
  save(): Promise<void> {
    this.#changes++;
    return this.saved();
  }

  /** Resolves when everything that `save` was called for is on disk. */
  async saved(): Promise<void> {
    const changes = this.#changes;
    const memory = this.#memory;
    while (memory !== null && this.#savedChanges < changes) {
      this.#saving ??= this.#write(memory);
      await this.#saving;
    }
  }

  async #write(memory: SourceMemory): Promise<void> {
    for (let failures = 1; ; failures++) {
      const changes = this.#changes;
      const state: State = { version: 1, ...this.#state, inFlight: this.inFlight.remembered().map((one) => [...one]) };
      try {
        await memory.save(JSON.stringify(state));
        this.#savedChanges = changes;
        this.#saving = null;
        return;
      } catch (error) {
        this.#failed(error);
        await new Promise<void>((resolve) => this.#clock.after(retryDelayMs(failures), resolve));
      }
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
