import fc from 'fast-check';
import type { OutputMode } from '../../../contract/emitted-row.ts';
import type { Engine } from '../../../worker/engine.ts';
import { openHeadless } from '../../../worker/headless.ts';
import { testSchema } from '../../support/frames.ts';
import { problemsOf, type Scope } from './check.ts';
import {
  type Arrival,
  type Delivery,
  deliver,
  interrupt,
  meetingOf,
  recut,
  recutOf,
  type Source,
  ship,
  shippingOf,
} from './delivery.ts';
import { draftsOf, eventsOf, eventsTable, FIELDS, scaleOf } from './events.ts';
import { Native } from './native.ts';
import { type Expected, expectedOf, loadArrivals } from './oracle.ts';
import { type Run, run, type Stage } from './run.ts';
import { type WindowCase, windowsOf } from './window-case.ts';

/** What becomes of the stream when it is delivered a second time. */
const SECONDS = [
  'cut anew',
  'cut anew',
  'other engine',
  'reset',
  'resumed',
  'resumed',
  'complete',
  'windows added',
  'windows named again',
  'windows taken away',
] as const;

export const trialOf = scaleOf.chain((scale) =>
  fc.record({
    scale: fc.constant(scale),
    drafts: draftsOf,
    windows: windowsOf(scale),
    shipping: shippingOf,
    meeting: meetingOf,
    second: fc.record({ how: fc.constantFrom(...SECONDS), recut: recutOf, meeting: meetingOf }),
  }),
);
export type Trial = typeof trialOf extends fc.Arbitrary<infer T> ? T : never;

/** Engines live for some trials: their memory only grows. */
const TRIALS_PER_ENGINE = 40;

/**
 * One case: events are shipped and delivered to an engine twice, the second time otherwise, and each time all windows
 * must equal what the oracle's queries say over all rows at once.
 */
export class Trials {
  readonly #native: Native;
  #engine: Engine;
  #age = 0;
  #streams = 0;

  private constructor(native: Native, engine: Engine) {
    this.#native = native;
    this.#engine = engine;
  }

  static async open(): Promise<Trials> {
    return new Trials(await Native.open(), await openEngine());
  }

  close(): void {
    this.#native.close();
    this.#engine.close();
  }

  /** Throws with all that is wrong. */
  async check(trial: Trial): Promise<void> {
    if (this.#age++ >= TRIALS_PER_ENGINE) await this.#renew();
    const { scale, drafts, windows, shipping, second } = trial;
    const events = eventsOf(drafts, scale);
    const messages = ship(events, shipping, scale.unitUs);
    await this.#native.run(eventsTable(events));

    const source = this.#source(shipping.sparse, events);
    const first = deliver(messages, trial.meeting, source);
    const expected = await this.#expected(windows, first.arrivals, false);
    const ran = await run(this.#engine, source.schema, [{ atStep: 0, windows }], first, ['append', 'update']);
    const whole = { counters: true, updates: true, revisions: true };
    const problems = [...compare(windows, ran, expected, whole), ...streamProblems(ran, first, expected)];
    fail('first delivery', problems, first);

    const { how } = second;
    if (how === 'other engine') await this.#renew();
    // Rows kept are in the order they came when all frames are of one layout; which is the first of its event goes by it.
    const sparse = shipping.sparse || how === 'windows added';
    const again = this.#source(sparse, events);
    const pieces = recut(messages, second.recut);
    const delivery =
      how === 'reset' || how === 'resumed'
        ? interrupt(messages, how, pieces, second.meeting, again)
        : deliver(pieces, second.meeting, again);
    const middle = Math.floor(delivery.steps.length / 2);
    const stages: Stage[] = [{ atStep: 0, windows: how === 'windows added' ? [] : windows }];
    const left = how === 'windows taken away' ? chainOf(windows) : windows;
    if (how.startsWith('windows')) stages.push({ atStep: middle, windows: left });
    // Of a base window that never closes nothing is fed.
    const able = how === 'complete' ? left.filter(({ from }) => from === null) : left;
    if (how === 'complete') stages[0] = { atStep: 0, windows: able };
    const arrivals = how === 'windows added' ? backfilled(delivery, middle) : delivery.arrivals;
    const isComplete = how === 'complete';
    const known = isComplete || how === 'windows added' ? undefined : expected;
    const expectedAgain = await this.#expected(able, arrivals, isComplete, known);
    const modes: OutputMode[] = isComplete ? ['complete'] : ['append', 'update'];
    const ranAgain = await run(this.#engine, again.schema, stages, delivery, modes);
    const scope: Scope = { counters: true, updates: !how.startsWith('windows'), revisions: false };
    fail(how, compare(able, ranAgain, expectedAgain, scope), delivery);
  }

  /** `known`: what another delivery of the same rows under the same watermarks must give, which for most windows is the same. */
  async #expected(
    windows: readonly WindowCase[],
    arrivals: readonly Arrival[],
    isComplete: boolean,
    known?: ReadonlyMap<string, Expected>,
  ): Promise<Map<string, Expected>> {
    await loadArrivals(this.#native, arrivals);
    const expected = new Map<string, Expected>();
    const same = new Set<string | null>([null]);
    for (const window of windows) {
      const { name, from, shape, dedup } = window;
      // Which row is the first of its event goes by order, and sessions are judged frame by frame.
      const reused = same.has(from) && dedup === null && shape.kind !== 'session' ? known?.get(name) : undefined;
      if (reused) same.add(name);
      expected.set(name, reused ?? (await expectedOf(this.#native, window, isComplete)));
    }
    return expected;
  }

  #source(sparse: boolean, events: Source['events']): Source {
    return { schema: testSchema(`events_${++this.#streams}`, FIELDS), events, sparse };
  }

  async #renew(): Promise<void> {
    this.#engine.close();
    this.#engine = await openEngine();
    this.#age = 0;
  }
}

function openEngine(): Promise<Engine> {
  return openHeadless({ rawBudgetBytes: 64 * 2 ** 20, nowMs: () => performance.now() });
}

/** The first window and those over it. */
function chainOf(windows: readonly WindowCase[]): WindowCase[] {
  const kept = new Set([windows[0]?.name ?? '']);
  return windows.filter(({ name, from }) => {
    if (from !== null && kept.has(from)) kept.add(name);
    return kept.has(name);
  });
}

/** Rows that came before their windows were known: none of them is late, and they are counted at once. */
function backfilled({ steps, arrivals }: Delivery, untilStep: number): Arrival[] {
  const before = steps.slice(0, untilStep).reduce((sum, step) => sum + (step.kind === 'tick' ? step.newRows : 0), 0);
  return arrivals.map((arrival, index) => (index < before ? { ...arrival, frame: -1, watermarkUs: null } : arrival));
}

function compare(
  windows: readonly WindowCase[],
  ran: Run,
  expected: ReadonlyMap<string, Expected>,
  scope: Scope,
): string[] {
  return windows.flatMap((window) => {
    const found = ran.windows.get(window.name);
    const wanted = expected.get(window.name);
    if (!found || !wanted) return [`${window.name} was not run`];
    return problemsOf(window, found, wanted, scope);
  });
}

/** Rows received, rows that came again, rows that no window took: together they are all that was sent. */
function streamProblems(
  { stream }: Run,
  { arrivals, duplicates }: Delivery,
  expected: ReadonlyMap<string, Expected>,
): string[] {
  const all = [...expected.values()];
  const refused = new Set(all.flatMap((one) => [...one.refusedOfStream]));
  for (const { takenOfStream } of all) for (const idx of takenOfStream) refused.delete(idx);
  const counts: [string, number, number][] = [
    ['received', stream.received, arrivals.length],
    ['duplicates', stream.duplicates, duplicates],
    ['tooLate', stream.tooLate, refused.size],
  ];
  return counts.flatMap(([name, own, right]) =>
    own === right ? [] : [`the stream's ${name} is ${own}, not ${right}`],
  );
}

function fail(what: string, problems: readonly string[], { arrivals }: Delivery): void {
  if (problems.length === 0) return;
  const rows = arrivals.map(({ event, frame, watermarkUs }) => `${event} in frame ${frame} behind ${watermarkUs}`);
  throw new Error(
    `${what}:\n  ${problems.slice(0, 12).join('\n  ')}\n  rows as they came: ${rows.slice(0, 40).join(', ')}`,
  );
}
