import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { createRandom, type Random } from '../../../relay/demo/random.ts';
import { startProxy, type TcpProxy } from '../../support/proxy.ts';
import { type RelayProcess, startRelayProcess } from '../../support/relay-process.ts';
import { History } from '../history.ts';
import { judge, type Letter, type Rules } from '../oracle.ts';
import { rssBytes } from './process-figures.ts';
import type { Result } from './scenario.ts';
import { type ChromiumTab, type FaultTab, openChromiumTab, openNodeTab, STREAM } from './tab.ts';
import { sleep, within } from './time.ts';
import type { World } from './world.ts';
import { createKafkaWriter, createMqttWriter, Sequences, type Writer, type WriterParts } from './writers.ts';

/**
 * One run of one scenario: a source with a writer, a relay, tabs each behind a proxy of its own, and the history.
 *
 *     writer ─▶ Kafka or MQTT ─(proxy)─▶ relay ─(proxy of the tab)─▶ tab … at the end: quiet, drain, judge
 */
export interface TrialOptions {
  readonly source: TrialSource;
  readonly partitions?: number;
  readonly nodeTabs?: number;
  readonly chromiumTabs?: number;
  /** Of the stream, beside its source and time. */
  readonly stream?: Readonly<Record<string, unknown>>;
  /** Fields of a record beside the usual ones. */
  readonly more?: (random: Random) => Readonly<Record<string, unknown>>;
  readonly eventTimeMs?: (producer: string) => number;
  /** Of the relay, and of Node under it. */
  readonly relayArgs?: readonly string[];
  readonly nodeArgs?: (folder: string) => readonly string[];
  /** Where the relay keeps its log; left out: a folder of its own. */
  readonly data?: string;
  readonly heartbeatMs?: number;
}

export type TrialSource =
  | {
      readonly kind: 'kafka';
      /** By which the relay reads. */
      readonly brokers: string;
      /** By which the writer writes. */
      readonly writerBrokers: readonly string[];
      readonly createTopic: (name: string, partitions: number) => Promise<void>;
    }
  | { readonly kind: 'mqtt'; readonly url: string; readonly writerUrl: string; readonly qos?: 1 | 2 };

const SHORT_HEARTBEAT_MS = 500;
const LONG_HEARTBEAT_MS = 15_000;
const SAMPLE_MS = 200;
const START_TIMEOUT_MS = 120_000;
const PROBE_AGAIN_MS = 300;
const QUIET_MS = 700;
const DEFAULT_RSS_BYTES = 500e6;
/** Records a second while a fault lasts. */
const RATE = 500;

let trials = 0;

export class Trial {
  readonly random: Random;
  readonly history = new History();
  readonly sequences = new Sequences();
  readonly heartbeatMs: number;
  readonly name: string;
  readonly figures: Record<string, number | string> = {};
  readonly tabs: FaultTab[] = [];
  readonly folder: string;
  readonly world: World;
  readonly options: TrialOptions;
  readonly recoveries: { tab: string; ms: number | null }[] = [];
  relay: RelayProcess;
  writer: Writer;
  readonly #others: { letter: Letter | '+'; text: string }[] = [];
  readonly #cleanups: (() => Promise<unknown>)[] = [];
  #rss = 0;
  #probes = 0;

  private constructor(world: World, seed: number, name: string, folder: string, options: TrialOptions) {
    this.world = world;
    this.random = createRandom(seed);
    this.name = name;
    this.folder = folder;
    this.options = options;
    this.heartbeatMs = options.heartbeatMs ?? (world.long ? LONG_HEARTBEAT_MS : SHORT_HEARTBEAT_MS);
    this.relay = NOT_YET as never;
    this.writer = NOT_YET as never;
  }

  /** Opens one, runs `body`, and always ends what was started. */
  static async run(
    world: World,
    id: string,
    seed: number,
    options: TrialOptions,
    body: (trial: Trial) => Promise<Result>,
  ): Promise<Result> {
    const folder = await mkdtemp(join(tmpdir(), 'highwater-fault-'));
    const trial = new Trial(world, seed, `${id.toLowerCase()}-${seed}-${process.pid}-${trials++}`, folder, options);
    try {
      await trial.#open();
      return await body(trial);
    } finally {
      for (const cleanup of trial.#cleanups.reverse()) await cleanup().catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    }
  }

  get topic(): string {
    return this.name;
  }

  get chromiumTabs(): readonly ChromiumTab[] {
    return this.tabs.filter((tab): tab is ChromiumTab => 'page' in tab);
  }

  get proxies(): readonly TcpProxy[] {
    return this.tabs.map(({ proxy }) => proxy);
  }

  /** Runs when the trial ends, last first. */
  after(cleanup: () => Promise<unknown>): void {
    this.#cleanups.push(cleanup);
  }

  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.random.next() * items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }

  /** A moment chosen by the seed. */
  pause(fromMs: number, toMs: number): Promise<void> {
    return sleep(this.random.between(fromMs, toMs));
  }

  /** The true duration, or a short one. */
  lasting(longMs: number, shortMs: number): number {
    return this.world.long ? longMs : shortMs;
  }

  /** Asked beyond the letters. */
  expect(isSo: boolean, text: string): void {
    if (!isSo) this.#others.push({ letter: '+', text });
  }

  async #open(): Promise<void> {
    const {
      source,
      partitions = 3,
      nodeTabs = 1,
      chromiumTabs = 0,
      more,
      eventTimeMs = () => Date.now(),
    } = this.options;
    const parts: WriterParts = {
      run: this.name,
      history: this.history,
      // Of its own: what the scenario asks of chance does not depend on how far the writer has come.
      random: createRandom(Math.floor(this.random.next() * 2 ** 31)),
      eventTimeMs,
      more: () => more?.(this.random) ?? {},
    };
    if (source.kind === 'kafka') {
      await source.createTopic(this.topic, partitions);
      const to = { brokers: source.writerBrokers, topic: this.topic, partitions };
      this.writer = createKafkaWriter(parts, this.sequences, to);
    } else
      this.writer = await createMqttWriter(parts, this.sequences, {
        url: source.writerUrl,
        topic: this.topic,
        ...(source.qos && { qos: source.qos }),
      });
    this.after(() => this.writer.close());
    this.relay = await this.startRelay(this.options.data ?? join(this.folder, 'data'));
    this.after(() => this.relay.kill());
    const sampling = setInterval(() => this.#sample(), SAMPLE_MS);
    this.after(async () => clearInterval(sampling));
    for (let tab = 0; tab < nodeTabs; tab++) await this.openNode(`node ${tab + 1}`);
    await Promise.all(Array.from({ length: chromiumTabs }, (_, tab) => this.openChromium(`chromium ${tab + 1}`)));
    // A fault meets tabs that are up: what they load before that is not what is tried here.
    await this.#begun();
  }

  async #begun(): Promise<void> {
    const seq = this.#probes++;
    await this.writer.writeOne('probe', seq, true);
    // A relay that has not subscribed yet takes no MQTT message: one of these is the first it takes.
    const asking =
      this.options.source.kind === 'mqtt'
        ? setInterval(() => void this.writer.writeOne('probe', this.#probes++, true), PROBE_AGAIN_MS)
        : undefined;
    try {
      for (const tab of this.tabs)
        if (!(await this.#holds(tab, seq, START_TIMEOUT_MS))) throw new Error(`${tab.name} did not begin`);
    } finally {
      clearInterval(asking);
    }
  }

  /** Does the tab hold the probe, or one after it, in time? */
  async #holds(tab: FaultTab, seq: number, timeoutMs: number): Promise<boolean> {
    const sql = `SELECT count(*) AS found FROM ${STREAM} WHERE producer = 'probe' AND seq >= ${seq}`;
    const found = await within(
      timeoutMs,
      async () => {
        const [row] = await tab.query(sql).catch(() => []);
        return Number(row?.found) > 0 ? true : null;
      },
      50,
    );
    return found !== null;
  }

  /** A relay of the trial's stream. */
  async startRelay(data: string): Promise<RelayProcess> {
    const config = join(this.folder, 'highwater.yaml');
    await writeFile(config, JSON.stringify({ streams: { [STREAM]: this.#stream() } }));
    return startRelayProcess(
      [
        ...['--config', config, '--data', data, '--heartbeat', String(this.heartbeatMs), '--log-level', 'warn'],
        ...(this.options.relayArgs ?? []),
      ],
      { nodeArgs: this.options.nodeArgs?.(this.folder) ?? [] },
    );
  }

  async openNode(name: string, target = () => this.relay.port): Promise<FaultTab> {
    return this.#add(await openNodeTab(name, await startProxy({ target, random: this.random.next })));
  }

  /** In a browser of its own, or in the one all share. */
  async openChromium(name: string, target = () => this.relay.port, own?: Browser): Promise<ChromiumTab> {
    const browser = own ?? (await this.world.browser());
    return this.#add(await openChromiumTab(name, await startProxy({ target, random: this.random.next }), browser));
  }

  write(count: number): Promise<void> {
    return this.writer.write(count);
  }

  /** Writes at an even rate while the work lasts; a writer that cannot write goes on when it can. */
  async writingDuring<T>(work: () => Promise<T>): Promise<T> {
    let over = false;
    const writing = (async () => {
      while (!over) {
        const count = 1 + Math.floor(this.random.next() * 30);
        await this.writer.write(count);
        await sleep((count / RATE) * 1000);
      }
    })();
    try {
      return await work();
    } finally {
      over = true;
      await writing;
    }
  }

  /** The fault is over now: waits until these tabs hold a record written after it. */
  async recovered(tabs: readonly FaultTab[] = this.tabs): Promise<void> {
    const startedMs = performance.now();
    const seq = this.#probes++;
    const timeoutMs = 20 * this.heartbeatMs + 60_000;
    await this.writer.writeOne('probe', seq);
    let waiting = true;
    // An MQTT broker that has forgotten a session keeps nothing for it: the first probe may be lost.
    const again = (async () => {
      while (this.options.source.kind === 'mqtt' && waiting) {
        await sleep(PROBE_AGAIN_MS);
        await this.writer.writeOne('probe', this.#probes++);
      }
    })();
    await Promise.all(
      tabs.map(async (tab) => {
        const held = await this.#holds(tab, seq, timeoutMs);
        this.recoveries.push({ tab: tab.name, ms: held ? performance.now() - startedMs : null });
      }),
    );
    waiting = false;
    await again;
  }

  /** Writes what is left of the run, and waits until the tabs have all there is and nothing more comes. */
  async settle(): Promise<void> {
    const left = this.world.records - this.history.records.length;
    if (left > 0) await this.write(left);
    let quietSinceMs = performance.now();
    let before = '';
    await within(
      60_000,
      async () => {
        const states = await Promise.all(this.tabs.map((tab) => tab.status()));
        const now = JSON.stringify(states.map((state) => state?.streams[STREAM]?.positions));
        const ready = states.every((state) => {
          const stream = state?.streams[STREAM];
          if (state?.connection.state !== 'live' || !stream) return false;
          const told = stream.losses.reduce((sum, { missing }) => sum + (missing ?? Number.POSITIVE_INFINITY), 0);
          return (
            (stream.lag.records ?? 0) === 0 && stream.rows + stream.conflated + told >= this.history.acknowledgedCount
          );
        });
        if (now !== before || !ready) quietSinceMs = performance.now();
        before = now;
        return performance.now() - quietSinceMs > QUIET_MS ? true : null;
      },
      100,
    );
  }

  /** Drains, judges, and says what was found. */
  async verdict(rules: Partial<Rules> = {}): Promise<Result> {
    await this.settle();
    const reports = await Promise.all(this.tabs.map((tab) => tab.report()));
    for (const { name, errors } of this.tabs) this.expect(errors.length === 0, `${name}: ${errors.join('; ')}`);
    const relayRssBytes = this.#rss === 0 ? null : this.#rss;
    const { history, recoveries } = this;
    const violations = judge(
      { history, tabs: reports, relayRssBytes, recoveries },
      { maxRelayRssBytes: DEFAULT_RSS_BYTES, ...rules },
    );
    return {
      records: history.records.length,
      violations: [...violations, ...this.#others],
      recoveriesMs: recoveries.flatMap(({ ms }) => (ms === null ? [] : [Math.round(ms)])),
      figures: { 'relay RSS, MB': Math.round(this.#rss / 1e6), ...this.figures },
    };
  }

  /** Text of a page of the relay; null where it does not answer. */
  async get(path: string): Promise<{ readonly status: number; readonly text: string } | null> {
    try {
      const response = await fetch(`${this.relay.url}${path}`, { signal: AbortSignal.timeout(5_000) });
      return { status: response.status, text: await response.text() };
    } catch {
      return null;
    }
  }

  /** A metric of the relay, added up over its labels; null when it does not answer. */
  async metric(name: string): Promise<number | null> {
    const page = await this.get('/metrics');
    if (page === null) return null;
    const lines = page.text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
    return lines.length === 0 ? null : lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  #stream(): Record<string, unknown> {
    const { source, stream } = this.options;
    const url = source.kind === 'kafka' ? `kafka://${source.brokers}/${this.topic}` : `${source.url}/${this.topic}/#`;
    return { source: url, time: { field: 'ts', format: 'millis', delay: '1s', idle: '1s' }, ...stream };
  }

  #add<T extends FaultTab>(tab: T): T {
    this.tabs.push(tab);
    this.after(() => tab.close());
    return tab;
  }

  #sample(): void {
    const { pid } = this.relay;
    if (pid !== null) this.#rss = Math.max(this.#rss, rssBytes(pid) ?? 0);
    for (const tab of this.tabs) tab.sample().catch(() => undefined);
  }
}

const NOT_YET = new Proxy(
  {},
  {
    get() {
      throw new Error('the trial is not open yet');
    },
  },
);
