import { For, type JSX, Show } from 'solid-js';
import type { Boards, Status } from '../../contract/worker-api.ts';
import { awaited } from './notices.ts';

/** The boards there are, when there is not exactly one; while there is none, what will stand here and what it waits for. */
export function Home(props: { boards: Boards; status: Status | null; href: (board: string) => string }): JSX.Element {
  const none = () => Object.keys(props.boards.boards).length === 0;
  return (
    <main class="home">
      <Show when={!none()} fallback={<p class="empty">{awaited(props.status)}</p>}>
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
      </Show>
    </main>
  );
}
