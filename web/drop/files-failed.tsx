import type { JSX } from 'solid-js';
import type { Failure } from '../data/failure.ts';
import { Problem } from '../panels/panel-words.tsx';
import type { Given } from './given.ts';

/** In place of the boards of files, or of a demo, that nothing was read of. */
export function FilesFailed(props: { failure: Failure; given: Given; onAgain: () => void }): JSX.Element {
  return (
    <main class="home">
      <h1>{props.given.kind === 'files' ? 'The files could not be read' : 'The demo could not be run'}</h1>
      <Problem {...props.failure} />
      <p class="files-again">
        <button type="button" class="link" onClick={() => props.onAgain()}>
          Try again
        </button>
      </p>
    </main>
  );
}
