import { For, type JSX } from 'solid-js';
import type { FileProblem } from '../../contract/worker-api.ts';
import { CopyButton } from '../dialog/copy-button.tsx';
import { fileWords, shownWords } from './file-problem-words.ts';

/** More lines than these would push the board away. */
const MAX_OPEN_LINES = 6;

/** What is wrong in files that were changed, each with its lines; gone as soon as they are mended. */
export function FileProblems(props: {
  problems: readonly FileProblem[];
  boards: Readonly<Record<string, unknown>>;
}): JSX.Element {
  return (
    <For each={props.problems}>
      {(problem) => (
        <div class="banner file-problem" data-tone="late" data-file={problem.file} role="status">
          <span class="mark" aria-hidden="true" />
          <details open={problem.lines.length <= MAX_OPEN_LINES}>
            <summary>
              <strong class="what">{fileWords(problem)}</strong> {shownWords(problem, props.boards)}
            </summary>
            <ul>
              <For each={problem.lines}>{(line) => <li class="mono">{line}</li>}</For>
            </ul>
            <CopyButton text={() => problem.lines.join('\n')} />
          </details>
        </div>
      )}
    </For>
  );
}
