import { createResource, createSignal, For, type JSX, Show } from 'solid-js';
import type { ShownLetter, WholeLetter } from '../../contract/dead-letters.ts';
import { formatBytes } from '../format.ts';
import { formatClock, formatDay } from '../format-time.ts';
import { drop, fetchLetter, letterHref } from './requests.ts';

/** One letter: where it was, why it is no row, how it begins; opened, all of it. */
export function LetterRow(props: {
  stream: string;
  letter: ShownLetter;
  open: boolean;
  onToggle: () => void;
  onDropped: () => void;
}): JSX.Element {
  return (
    <article class="letter" classList={{ open: props.open }}>
      <button type="button" class="letter-head" aria-expanded={props.open} onClick={() => props.onToggle()}>
        <span class="where">
          <time datetime={iso(props.letter.atMs)}>{local(props.letter.atMs)}</time>
          <span>
            {props.letter.topic} · {props.letter.partition}:{props.letter.offset}
          </span>
        </span>
        <span class="reason">{props.letter.reason}</span>
        <code class="start">{props.letter.start || '(no bytes)'}</code>
      </button>
      <Show when={props.open}>
        <Whole stream={props.stream} letter={props.letter} onDropped={props.onDropped} />
      </Show>
    </article>
  );
}

function Whole(props: { stream: string; letter: ShownLetter; onDropped: () => void }): JSX.Element {
  const [found] = createResource(() => fetchLetter(props.stream, props.letter.id).catch(asError));
  const [problem, setProblem] = createSignal<string | null>(null);
  const dropped = () =>
    drop(props.stream, props.letter.id).then(
      () => props.onDropped(),
      (error: unknown) => setProblem(asError(error).message),
    );
  return (
    <div class="letter-whole">
      <Show when={found()} fallback={<p class="faint">Reading…</p>}>
        {(result) => {
          const letter = result();
          return letter instanceof Error ? <p role="alert">{letter.message}</p> : <Details letter={letter} />;
        }}
      </Show>
      <div class="letter-tools">
        <a class="control framed" href={letterHref(props.stream, props.letter.id)} download="">
          Download
        </a>
        <Show when={props.letter.state === 'waiting'}>
          <button type="button" class="control framed" onClick={() => void dropped()}>
            Delete for good
          </button>
        </Show>
        <Show when={problem()}>{(message) => <span role="alert">{message()}</span>}</Show>
      </div>
    </div>
  );
}

function Details(props: { letter: WholeLetter }): JSX.Element {
  const facts = (): (readonly [string, string])[] => {
    const { timestampMs, key, headers, bytes, whole, field, id } = props.letter;
    return [
      ['letter', String(id)],
      ['time at its source', iso(timestampMs)],
      ...(field === null ? [] : [['field', field] as const]),
      ...(key === null ? [] : [['key', key] as const]),
      ...headers.map(([name, value]) => [`header ${name}`, value] as const),
      ['size', `${formatBytes(bytes)}${whole ? '' : '; too large to be kept whole, so it cannot be replayed'}`],
    ];
  };
  return (
    <>
      <dl>
        <For each={facts()}>
          {([name, value]) => (
            <>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </>
          )}
        </For>
      </dl>
      <pre tabindex="0">{props.letter.text || '(no bytes)'}</pre>
      <Show when={props.letter.bytes > props.letter.shownBytes}>
        <p class="faint">The first {formatBytes(props.letter.shownBytes)}; the rest is in the download.</p>
      </Show>
    </>
  );
}

const BROWSER = { timeZone: undefined };

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function iso(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);
}

function local(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? `${formatDay(ms, BROWSER)} ${formatClock(ms, BROWSER)}` : String(ms);
}
