import { createMemo, createSignal, For, Index, type JSX, Show } from 'solid-js';
import type { Boards, QueryOptions, Row, Status, StreamStatus } from '../../contract/worker-api.ts';
import { lossWords, outcomeWords } from '../board/delivery-words.ts';
import { rateWords } from '../board/home.tsx';
import { streamState } from '../board/home-entries.ts';
import { lettersHref } from '../board/letters-href.ts';
import { sentences } from '../board/sentence.ts';
import { Sheet } from '../dialog/sheet.tsx';
import { formatMoment, type Zone } from '../format-time.ts';
import { sparkPaths } from '../panels/sparkline.ts';
import TooLate from '../too-late/too-late.tsx';
import { connectionFacts, count, type Fact, memoryShares, shareWords, streamFacts } from './health-words.ts';
import type { Rate, Rates } from './rates.ts';

export interface HealthProps {
  readonly status: Status | null;
  readonly boards: Boards | null;
  readonly rates: Rates;
  /** How often the connection was lost and found again since the page was opened. */
  readonly reconnects: number;
  readonly nowMs: number;
  readonly zone: Zone;
  readonly homeHref: string;
  readonly query: (sql: string, options?: QueryOptions) => Promise<Row[]>;
}

/** How the pipeline is, from the source to this screen: what comes, how late, what is missing, what it costs. */
export default function Health(props: HealthProps): JSX.Element {
  const [tooLate, setTooLate] = createSignal<string | null>(null);
  const moment = () => ({ nowMs: props.nowMs, zone: props.zone });
  const names = createMemo(() => Object.keys(props.status?.streams ?? {}), [], {
    equals: (a, b) => a.join('\n') === b.join('\n'),
  });
  return (
    <main class="health">
      <header class="home-head">
        <h1>Pipeline health</h1>
        <nav aria-label="Places">
          <a href={props.homeHref}>Boards</a>
          <a href={lettersHref()}>Dead letters</a>
        </nav>
      </header>
      <Show when={props.status} fallback={<p class="empty">The engine is starting in this tab.</p>}>
        {(status) => (
          <>
            <section class="health-part" aria-label="Connection">
              <h2>Connection</h2>
              <Facts facts={connectionFacts(status(), props.reconnects, moment())} />
            </section>
            <section class="health-part" aria-label="Memory">
              <h2>Memory</h2>
              <dl class="facts">
                <Index each={memoryShares(status())}>
                  {(share) => (
                    <div>
                      <dt>{share().term}</dt>
                      <dd>
                        <span class="fact-value">{shareWords(share())}</span>
                        <meter
                          min="0"
                          max={Math.max(1, share().budgetBytes)}
                          value={share().usedBytes}
                          aria-label={`${share().term}: ${shareWords(share())}`}
                        />
                        <small>{share().note}</small>
                      </dd>
                    </div>
                  )}
                </Index>
              </dl>
            </section>
            <For each={names()}>
              {(name) => (
                <Show when={status().streams[name]}>
                  {(stream) => (
                    <Stream
                      name={name}
                      stream={stream()}
                      status={status()}
                      rate={props.rates[name]}
                      nowMs={props.nowMs}
                      zone={props.zone}
                      onTooLate={() => setTooLate(name)}
                    />
                  )}
                </Show>
              )}
            </For>
            <Windows status={status()} nowMs={props.nowMs} zone={props.zone} />
          </>
        )}
      </Show>
      <Sheet title="Rows that came too late" wide open={tooLate() !== null} onClose={() => setTooLate(null)}>
        <TooLate
          stream={tooLate()}
          status={props.status}
          windows={props.boards?.windows ?? {}}
          query={props.query}
          zone={props.zone}
          nowMs={props.nowMs}
        />
      </Sheet>
    </main>
  );
}

function Facts(props: { facts: readonly Fact[]; children?: JSX.Element }): JSX.Element {
  return (
    <dl class="facts">
      <Index each={props.facts}>
        {(fact) => (
          <div data-fact={fact().term} data-tone={fact().tone}>
            <dt>{fact().term}</dt>
            <dd>
              <span class="fact-value">{fact().value}</span>
              <small>{fact().note}</small>
            </dd>
          </div>
        )}
      </Index>
      {props.children}
    </dl>
  );
}

function Stream(props: {
  name: string;
  stream: StreamStatus;
  status: Status;
  rate: Rate | undefined;
  nowMs: number;
  zone: Zone;
  onTooLate: () => void;
}): JSX.Element {
  const state = () =>
    streamState(props.status, props.name, { nowMs: props.nowMs, perSecond: props.rate?.perSecond ?? null });
  const partitions = createMemo(() => Object.entries(props.stream.positions?.next ?? {}));
  const moment = () => ({ nowMs: props.nowMs, zone: props.zone });
  return (
    <section class="health-part" data-stream={props.name} aria-label={`Stream ${props.name}`}>
      <header>
        <h2>{props.name}</h2>
        <p class="stream-state" data-tone={state().tone}>
          <span class="dot" aria-hidden="true" />
          {state().word}
        </p>
        <Spark rate={props.rate} />
      </header>
      <p class="stream-words">
        {sentences(props.stream.source.message, props.stream.source.fix)}{' '}
        {outcomeWords(props.stream, props.nowMs, props.zone)}
      </p>
      <Facts facts={streamFacts(props.stream, props.status.connection.state === 'live', moment())}>
        <div data-fact="Too late" data-tone={props.stream.tooLate > 0 ? 'late' : undefined}>
          <dt>Too late</dt>
          <dd>
            <Show when={props.stream.tooLate > 0} fallback={<span class="fact-value">0</span>}>
              <button type="button" class="fact-value fact-link" onClick={() => props.onTooLate()}>
                {count(props.stream.tooLate)} ›
              </button>
            </Show>
            <small>Not counted: their windows had ended.</small>
          </dd>
        </div>
        <div data-fact="Dead letters" data-tone={props.stream.deadLetters > 0 ? 'late' : undefined}>
          <dt>Dead letters</dt>
          <dd>
            <Show when={props.stream.deadLetters > 0} fallback={<span class="fact-value">0</span>}>
              <a class="fact-value fact-link" href={lettersHref(props.name)}>
                {count(props.stream.deadLetters)} ›
              </a>
            </Show>
            <small>{props.stream.lastDeadLetter ?? 'Every record could become a row.'}</small>
          </dd>
        </div>
      </Facts>
      <Show when={props.stream.losses.length > 0}>
        <h3>Gaps and resets</h3>
        <ul class="losses">
          <Index each={[...props.stream.losses].reverse()}>
            {(loss) => <li>{lossWords(loss(), props.nowMs, props.zone)}</li>}
          </Index>
        </ul>
      </Show>
      <Show when={partitions().length > 0}>
        <details class="partitions">
          <summary>
            {partitions().length} {partitions().length === 1 ? 'partition' : 'partitions'}, next offset of each
          </summary>
          <dl>
            <Index each={partitions()}>
              {(entry) => (
                <div>
                  <dt>partition {entry()[0]}</dt>
                  <dd>{count(entry()[1])}</dd>
                </div>
              )}
            </Index>
          </dl>
        </details>
      </Show>
    </section>
  );
}

/** Rows a second now, and its shape since the page was opened, ten minutes at most. */
function Spark(props: { rate: Rate | undefined }): JSX.Element {
  const values = () => new Float64Array((props.rate?.history ?? []).map((value) => value ?? Number.NaN));
  const paths = createMemo(() => sparkPaths(values()));
  return (
    <p class="stream-rate">
      <Show when={paths()}>
        {(now) => (
          <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
            <path class="fill" d={now().area} />
            <path class="line" d={now().line} />
          </svg>
        )}
      </Show>
      <b>{rateWords(props.rate?.perSecond ?? null) || '—'}</b>
      <span class="sr-only"> rows</span>
    </p>
  );
}

function Windows(props: { status: Status; nowMs: number; zone: Zone }): JSX.Element {
  const running = createMemo(() => Object.entries(props.status.windows));
  const at = (us: number | null) => (us === null ? '—' : formatMoment(us / 1000, props.nowMs, props.zone));
  return (
    <section class="health-part" aria-label="Windows">
      <h2>Windows</h2>
      <Index each={props.status.windowProblems}>
        {(problem) => (
          <p class="window-problem">
            <b>{problem().window} does not run.</b> {sentences(problem().message, problem().fix)}
          </p>
        )}
      </Index>
      <Show when={running().length > 0} fallback={<p>No window runs yet.</p>}>
        <section class="table-scroll" aria-label="Windows that run">
          <table class="plain-table">
            <thead>
              <tr>
                <th scope="col">window</th>
                <th scope="col">fed by</th>
                <th scope="col" data-type="number">
                  groups
                </th>
                <th scope="col" data-type="number">
                  too late
                </th>
                <th scope="col" data-type="number">
                  twice
                </th>
                <th scope="col" data-type="number">
                  left out
                </th>
                <th scope="col">kept from</th>
                <th scope="col">coarser before</th>
              </tr>
            </thead>
            <tbody>
              <Index each={running()}>
                {(entry) => {
                  const window = () => entry()[1];
                  const full = () => window().groups / Math.max(1, window().maxGroups);
                  return (
                    <tr>
                      <th scope="row">{entry()[0]}</th>
                      <td>{window().from}</td>
                      <td data-type="number" data-tone={full() > 0.9 ? 'late' : undefined}>
                        {count(window().groups)} of {count(window().maxGroups)}
                      </td>
                      <td data-type="number">{count(window().tooLateRows)}</td>
                      <td data-type="number">{count(window().duplicateRows)}</td>
                      <td data-type="number" data-tone={window().droppedRows > 0 ? 'late' : undefined}>
                        {count(window().droppedRows + window().rowsWithoutGap)}
                      </td>
                      <td data-type="time">{at(window().keptFromUs)}</td>
                      <td data-type="time">{at(window().coarseBeforeUs)}</td>
                    </tr>
                  );
                }}
              </Index>
            </tbody>
          </table>
        </section>
      </Show>
    </section>
  );
}
