import type { JSX } from 'solid-js';
import type { Failure } from '../data/failure.ts';
import { Problem } from '../panels/panel-words.tsx';

/** In place of the boards of files that nothing was read of. */
export function FilesFailed(props: { failure: Failure; onAgain: () => void }): JSX.Element {
  return (
    <main class="home">
      <h1>The files could not be read</h1>
      <Problem {...props.failure} />
      <p class="files-again">
        <button type="button" class="link" onClick={() => props.onAgain()}>
          Try again
        </button>
      </p>
    </main>
  );
}
