import { createMemo, createSignal, Index, type JSX, Show } from 'solid-js';
import type { FileProblem, Status } from '../../contract/worker-api.ts';
import type { Failure } from '../data/failure.ts';
import type { Zone } from '../format-time.ts';
import { FileProblems } from './file-problems.tsx';
import { failureNotice, notices } from './notices.ts';

/** What is wrong, since when, and what happens next. A screen reader hears a change of trouble, not each second of it. */
export function Banner(props: {
  status: Status | null;
  nowMs: number;
  zone: Zone;
  /** The engine, or what reads files, failed while a board was shown. */
  failure: Failure | null;
  /** What is wrong in files that were changed. */
  problems: readonly FileProblem[];
  /** Those that are shown. */
  boards: Readonly<Record<string, unknown>>;
  /** Does not wait for the next attempt to reach the relay. */
  onReconnect: () => void;
}): JSX.Element {
  const [dismissed, setDismissed] = createSignal<ReadonlySet<string>>(new Set());
  const shown = createMemo(() =>
    [
      ...(props.failure ? [failureNotice(props.failure)] : []),
      // Without an engine nothing is connected: the failure says why.
      ...notices(props.status, props.nowMs, props.zone).filter(({ id }) => !props.failure || id !== 'closed'),
    ]
      .filter(({ id }) => !dismissed().has(id))
      .slice(0, 3),
  );
  const spoken = createMemo(() =>
    shown()
      .map(({ what }) => what)
      .join('. '),
  );
  return (
    <section aria-label="Notices">
      <Index each={shown()}>
        {(notice) => (
          <div class="banner" data-tone={notice().tone} data-notice={notice().id}>
            <span class="mark" aria-hidden="true" />
            <p>
              <strong class="what">{notice().what}</strong> {notice().more}
              <Show when={notice().link}>
                {(link) => (
                  <>
                    {' '}
                    <a href={link().href}>{link().text}</a>
                  </>
                )}
              </Show>
            </p>
            <Show when={notice().retries}>
              <button type="button" onClick={() => props.onReconnect()}>
                Try now
              </button>
            </Show>
            <Show when={notice().dismissable}>
              <button type="button" onClick={() => setDismissed((before) => new Set(before).add(notice().id))}>
                Dismiss
              </button>
            </Show>
          </div>
        )}
      </Index>
      <FileProblems problems={props.problems} boards={props.boards} />
      <div class="sr-only" role="status" aria-live="polite">
        {spoken()}
      </div>
    </section>
  );
}
