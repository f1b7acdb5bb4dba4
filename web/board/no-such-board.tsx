import { For, type JSX, Show } from 'solid-js';
import type { Board } from '../../contract/spec/board.ts';
import { nearest } from '../../contract/spec/nearest.ts';

/** An address that names a board that is not there: said above the list of those that are. */
export function NoSuchBoard(props: {
  wanted: string;
  boards: Readonly<Record<string, Board>>;
  href: (board: string) => string;
}): JSX.Element {
  const meant = () => nearest(props.wanted, Object.keys(props.boards));
  return (
    <div class="no-such-board" role="alert">
      <p>
        <strong>There is no board “{props.wanted}”.</strong>{' '}
        <Show
          when={meant()}
          fallback="Its file may have another name, or is not named under boards: in the configuration."
        >
          {(name) => (
            <>
              Did you mean <a href={props.href(name())}>{name()}</a>?
            </>
          )}
        </Show>
      </p>
      <p class="names">
        There {Object.keys(props.boards).length === 1 ? 'is' : 'are'}{' '}
        <For each={Object.keys(props.boards)}>
          {(name, index) => (
            <>
              {index() > 0 ? ', ' : ''}
              <a href={props.href(name)}>{name}</a>
            </>
          )}
        </For>
        .
      </p>
    </div>
  );
}
