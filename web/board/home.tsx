import { For, type JSX } from 'solid-js';
import type { Boards } from '../../contract/worker-api.ts';

/** The boards there are, when there is more than one. */
export function Home(props: { boards: Boards; href: (board: string) => string }): JSX.Element {
  return (
    <main class="home">
      <h1>Boards</h1>
      <ul>
        <For each={Object.entries(props.boards.boards)}>
          {([name, board]) => (
            <li>
              <a href={props.href(name)}>
                {board.title}
                <small>
                  {board.panels.length} {board.panels.length === 1 ? 'panel' : 'panels'}
                </small>
              </a>
            </li>
          )}
        </For>
      </ul>
    </main>
  );
}
