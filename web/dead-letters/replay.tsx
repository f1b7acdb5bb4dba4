import { createEffect, createMemo, createSignal, For, type JSX, Match, on, Show, Switch } from 'solid-js';
import type { ReplayResult } from '../../contract/dead-letters.ts';
import { formatValue } from '../format.ts';
import { type LettersView, replay } from './requests.ts';

type Step =
  | { readonly step: 'idle' }
  | { readonly step: 'asking'; readonly what: string }
  | { readonly step: 'tried'; readonly result: ReplayResult }
  | { readonly step: 'done'; readonly result: ReplayResult }
  | { readonly step: 'failed'; readonly message: string };

/** Replay in two steps: what would become of the letters shown, and then doing it. */
export function Replay(props: {
  stream: string;
  view: LettersView;
  /** Are only some of the stream's letters shown? */
  filtered: boolean;
  /** Can the stream's source be read again? */
  replayable: boolean;
  onDone: () => void;
}): JSX.Element {
  const [now, setNow] = createSignal<Step>({ step: 'idle' });
  /** Other letters: a list that is asked for again is not. */
  const shown = createMemo(() => JSON.stringify([props.stream, props.view.kind, props.view.text]));
  createEffect(on(shown, () => setNow({ step: 'idle' }), { defer: true }));
  const run = async (dryRun: boolean): Promise<void> => {
    setNow({ step: 'asking', what: dryRun ? 'Reading them by the spec of now…' : 'Replaying…' });
    try {
      const result = await replay(props.stream, props.view, dryRun);
      setNow({ step: dryRun ? 'tried' : 'done', result });
      if (!dryRun) props.onDone();
    } catch (error) {
      setNow({ step: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  };
  const tried = () => of(now(), 'tried')?.result;
  const done = () => of(now(), 'done')?.result;
  return (
    <section class="replay" aria-label="Replay" aria-live="polite">
      <Switch>
        <Match when={of(now(), 'idle')}>
          <p>
            These records could not be read. Mend the spec, start the relay with it, and they can still be counted, each
            once.
            <Show when={!props.replayable}>
              {' '}
              <b>Before you give a field another type:</b> what boards show now is gone then, because this source cannot
              be read again; the relay puts it aside in its data folder. New fields, new names (<code>from:</code>) and
              float64 for int64 cost nothing.
            </Show>
          </p>
          <button type="button" class="control framed" onClick={() => void run(true)}>
            {props.filtered ? 'Try those shown' : 'Try all'}
          </button>
        </Match>
        <Match when={of(now(), 'asking')}>{(asking) => <p>{asking().what}</p>}</Match>
        <Match when={tried()}>
          {(result) => (
            <>
              <p>
                <b>
                  {count(result().rows)} of {count(result().letters)}
                </b>{' '}
                would be counted now. <Refused result={result()} />
              </p>
              <Show when={result().rows > 0}>
                <button type="button" class="control framed primary" onClick={() => void run(false)}>
                  Replay {count(result().rows)} of {count(result().letters)}
                </button>
              </Show>
              <button type="button" class="control framed" onClick={() => setNow({ step: 'idle' })}>
                {result().rows > 0 ? 'Cancel' : 'Close'}
              </button>
            </>
          )}
        </Match>
        <Match when={done()}>
          {(result) => (
            <>
              <p>
                <b>{count(result().rows)}</b> {result().rows === 1 ? 'is' : 'are'} counted now, at the time they
                happened. Windows that have closed for good take none of them: they count those as too late.
              </p>
              <button type="button" class="control framed" onClick={() => setNow({ step: 'idle' })}>
                Close
              </button>
            </>
          )}
        </Match>
        <Match when={of(now(), 'failed')}>
          {(failed) => (
            <>
              <p role="alert">{failed().message}</p>
              <button type="button" class="control framed" onClick={() => void run(true)}>
                Try again
              </button>
            </>
          )}
        </Match>
      </Switch>
    </section>
  );
}

/** Kinds that are told by name. */
const SHOWN = 3;

function Refused(props: { result: ReplayResult }): JSX.Element {
  const others = () => props.result.refused.slice(SHOWN).reduce((sum, refused) => sum + refused.count, 0);
  return (
    <>
      <For each={props.result.refused.slice(0, SHOWN)}>
        {(refused) => (
          <span title={refused.reason}>
            {count(refused.count)} still not: {refused.kind}.{' '}
          </span>
        )}
      </For>
      <Show when={others() > 0}>
        <span>{count(others())} for other reasons. </span>
      </Show>
      <Show when={props.result.partial > 0}>
        <span>{count(props.result.partial)} cannot be: only their start was kept.</span>
      </Show>
    </>
  );
}

function of<S extends Step['step']>(now: Step, step: S): Extract<Step, { step: S }> | undefined {
  return now.step === step ? (now as Extract<Step, { step: S }>) : undefined;
}

function count(value: number): string {
  return formatValue(value, { unit: 'none', decimals: 0 }).text;
}
