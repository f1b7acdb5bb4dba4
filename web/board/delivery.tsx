import { createSignal, Index, type JSX, Show } from 'solid-js';
import type { Status } from '../../contract/worker-api.ts';
import { Sheet } from '../dialog/sheet.tsx';
import { formatMoment, type Zone } from '../format-time.ts';
import {
  conflatedWords,
  connectionWords,
  type DeliverySummary,
  engineWords,
  journalWords,
  lossWords,
  outcomeWords,
} from './delivery-words.ts';
import { sentence } from './sentence.ts';

export interface DeliveryProps {
  readonly status: Status;
  readonly summary: DeliverySummary;
  readonly zone: Zone;
  readonly nowMs: number;
  readonly runsHere: boolean;
}

/** Whether anything is missing, and on a click all there is to say of it: per stream, the engine, what is kept. */
export function Delivery(props: DeliveryProps): JSX.Element {
  const [open, setOpen] = createSignal(false);
  const newestFirst = <T,>(items: readonly T[]) => [...items].reverse();
  return (
    <>
      <button
        type="button"
        class="delivery"
        classList={{ lossy: props.summary.lossy }}
        aria-haspopup="dialog"
        title="What came of every stream, what is missing, and what this browser keeps"
        onClick={() => setOpen(true)}
      >
        delivery <b>{props.summary.words} ›</b>
      </button>
      <Sheet title="Delivery" open={open()} onClose={() => setOpen(false)}>
        <Index each={Object.entries(props.status.streams)}>
          {(entry) => {
            const stream = () => entry()[1];
            return (
              <section>
                <h3>{entry()[0]}</h3>
                <p>{outcomeWords(stream(), props.nowMs, props.zone)}</p>
                <Show when={conflatedWords(stream())}>{(words) => <p>{words()}</p>}</Show>
                <Show when={stream().losses.length > 0} fallback={<p>Nothing is missing.</p>}>
                  <ul class="lossy">
                    <Index each={newestFirst(stream().losses)}>
                      {(loss) => <li>{lossWords(loss(), props.nowMs, props.zone)}</li>}
                    </Index>
                  </ul>
                </Show>
              </section>
            );
          }}
        </Index>
        <section>
          <h3>Connection</h3>
          <p>{connectionWords(props.status, props.nowMs, props.zone)}</p>
        </section>
        <section>
          <h3>Engine</h3>
          <p>{engineWords(props.runsHere)}</p>
          <Show when={props.status.restarts.length > 0}>
            <p>Started again:</p>
            <ul>
              <Index each={newestFirst(props.status.restarts)}>
                {(restart) => (
                  <li>
                    {formatMoment(restart().atMs, props.nowMs, props.zone)}: {sentence(restart().reason)}
                  </li>
                )}
              </Index>
            </ul>
          </Show>
        </section>
        <section>
          <h3>Kept in this browser</h3>
          <p>{journalWords(props.status.journal)}</p>
        </section>
      </Sheet>
    </>
  );
}
