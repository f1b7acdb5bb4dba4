import { createMemo, For, type JSX, Show } from 'solid-js';
import { stringify } from 'yaml';
import type { Panel } from '../../../contract/spec/panel.ts';
import { dataOf } from '../../../contract/spec/panel-uses.ts';
import { sourceStream } from '../../../contract/spec/source-stream.ts';
import { windowSql } from '../../../contract/spec/window-sql.ts';
import type { PanelPicture } from '../../../contract/worker-api.ts';
import { CopyButton } from '../../dialog/copy-button.tsx';
import { useBoard } from '../board-context.ts';
import type { PanelState } from '../panel-state.ts';
import { claimWords, windowStates } from './claim-words.ts';

/** What a panel claims and what it is made of: its state in sentences, its own file, its window, and both as SQL. */
export default function HowMade(props: {
  panel: Panel;
  state: PanelState;
  picture: PanelPicture | undefined;
}): JSX.Element {
  const board = useBoard();
  const window = createMemo(() => {
    const data = dataOf(props.panel);
    return data.of === 'window' ? data.window : null;
  });
  const spec = () => board.windows()[window() ?? ''];
  const stream = createMemo(() => {
    const data = dataOf(props.panel);
    if (data.of === 'stream') return data.stream;
    return data.of === 'window' ? (sourceStream(data.window, board.windows()) ?? null) : null;
  });
  const sql = createMemo(() => {
    const name = window();
    const found = spec();
    return name !== null && found ? windowSql(name, found, board.windows()) : null;
  });
  /** Bases first come last: each window with what it is fed from. */
  const chain = createMemo(() => {
    const found: Record<string, unknown> = {};
    for (let name = window(); name !== null && board.windows()[name] && !(name in found); ) {
      const one = board.windows()[name];
      found[name] = one;
      name = one?.from ?? null;
    }
    return found;
  });
  const claims = createMemo(() =>
    claimWords({
      state: props.state,
      picture: props.picture,
      streamName: stream(),
      stream: board.status()?.streams[stream() ?? ''] ?? null,
      nowMs: board.nowMs(),
      zone: board.zone(),
    }),
  );
  const rowsSql = () => (stream() === null ? null : `SELECT *\nFROM ${stream()}\nORDER BY _event_time DESC\nLIMIT 100`);
  return (
    <>
      <Show when={props.panel.description}>{(text) => <p>{text()}</p>}</Show>
      <section>
        <h3>What it claims now</h3>
        <For each={claims()}>{(words) => <p>{words}</p>}</For>
      </section>
      <Show when={window() !== null}>
        <section>
          <h3>How final it is</h3>
          <ul class="window-states">
            <For each={windowStates}>
              {({ name, words }) => (
                <li data-window-state={name}>
                  <span class="sample" aria-hidden="true" />
                  <span>
                    <b>{name}</b> {words}
                  </span>
                </li>
              )}
            </For>
          </ul>
        </section>
      </Show>
      <Show when={window() !== null && spec()}>
        <Text title="Its window" text={stringify(chain(), { lineWidth: 0 })} what="the window as YAML" />
      </Show>
      <Show
        when={sql()}
        fallback={<Show when={rowsSql()}>{(text) => <Text title="As SQL" text={text()} what="the SQL" />}</Show>}
      >
        {(now) => (
          <>
            <Text title="As SQL, of what the engine keeps" text={now().ofWindow} what="the SQL of the window" />
            <Show when={now().ofRows}>
              {(text) => <Text title="As SQL, of the rows themselves" text={text()} what="the SQL of the rows" />}
            </Show>
            <ul>
              <For each={now().notes}>{(note) => <li>{note}</li>}</For>
            </ul>
          </>
        )}
      </Show>
      <Text title="The panel itself" text={stringify([props.panel], { lineWidth: 0 })} what="the panel as YAML" />
    </>
  );
}

function Text(props: { title: string; text: string; what: string }): JSX.Element {
  return (
    <section>
      <header>
        <h3>{props.title}</h3>
        <CopyButton text={() => props.text} label={`Copy ${props.what}`} />
      </header>
      <pre class="code">
        <code>{props.text}</code>
      </pre>
    </section>
  );
}
