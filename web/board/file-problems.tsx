import { For, type JSX } from 'solid-js';
import type { FileProblem } from '../../contract/worker-api.ts';
import { CopyButton } from '../dialog/copy-button.tsx';

/** What is wrong in files that were changed, each with its lines; gone as soon as they are mended. */
export function FileProblems(props: { problems: readonly FileProblem[] }): JSX.Element {
  return (
    <For each={props.problems}>
      {(problem) => (
        <div class="banner file-problem" data-tone="late" data-file={problem.file} role="status">
          <span class="mark" aria-hidden="true" />
          <details>
            <summary>
              <strong class="what">{fileWords(problem)}</strong> The last good version is shown.
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

/** `boards/shop.yaml has 2 problems.` */
export function fileWords({ file, lines }: FileProblem): string {
  return `${file} has ${lines.length === 1 ? 'a problem' : `${lines.length} problems`}.`;
}
