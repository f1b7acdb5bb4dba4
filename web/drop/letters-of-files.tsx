import { createSignal, For, type JSX, onCleanup, Show } from 'solid-js';
import type { InTabLetters } from '../../contract/in-tab.ts';
import { LETTERS_LINK } from '../board/letters-href.ts';
import { sentence } from '../board/sentence.ts';
import { downloadBlob } from '../dialog/download.ts';
import { Sheet } from '../dialog/sheet.tsx';
import { formatValue } from '../format.ts';
import { Problem } from '../panels/panel-words.tsx';
import type { InTab } from './in-tab.ts';

type OfFile = InTabLetters['streams'][number];

/**
 * What of given files could not become rows. The links to dead letters lead to a page of the relay, which knows nothing of
 * these files: while they are shown, what such a link opens is this.
 */
export function LettersOfFiles(props: { inTab: InTab }): JSX.Element {
  const [told, setTold] = createSignal<InTabLetters | null>(null);
  const [failed, setFailed] = createSignal<string | null>(null);
  const fail = (error: unknown) => void setFailed(error instanceof Error ? error.message : String(error));
  const [shown, setShown] = createSignal(false);
  const open = (event: MouseEvent) => {
    // The right button opens the browser's menu.
    if (event.button > 1) return;
    const link = event.target instanceof Element ? event.target.closest(LETTERS_LINK) : null;
    if (link === null) return;
    event.preventDefault();
    setFailed(null);
    void props.inTab
      .letters()
      .then(setTold, fail)
      .then(() => setShown(true));
  };
  window.addEventListener('click', open);
  window.addEventListener('auxclick', open);
  onCleanup(() => {
    window.removeEventListener('click', open);
    window.removeEventListener('auxclick', open);
  });
  return (
    <Sheet title="Dead letters" class="rejected" open={shown()} onClose={() => setShown(false)}>
      <p>
        Records of your files that could not become rows. They are in this tab only: mend the file and open it again, or
        download them.
      </p>
      <Show when={failed()}>
        {(message) => (
          <Problem
            message={`They could not be read: ${sentence(message())}`}
            fix="Open the files again, then look here."
          />
        )}
      </Show>
      <For each={told()?.streams}>{(file) => <File file={file} inTab={props.inTab} onFailure={fail} />}</For>
    </Sheet>
  );
}

function File(props: { file: OfFile; inTab: InTab; onFailure: (error: unknown) => void }): JSX.Element {
  const download = async () => {
    downloadBlob(`dead-letters-${props.file.name}.jsonl`, await props.inTab.letterLines(props.file.name));
  };
  return (
    <section>
      <header>
        <h3>{props.file.name}</h3>
        <button type="button" onClick={() => void download().catch(props.onFailure)}>
          Download {count(props.file.count - props.file.letGo)}
        </button>
      </header>
      <Show when={props.file.letGo > 0}>
        <p>There was no room for {count(props.file.letGo)} older ones.</p>
      </Show>
      <ul class="kinds-list">
        <For each={props.file.groups}>
          {(group) => (
            <li>
              <b>{count(group.count)}</b> × {group.kind}
            </li>
          )}
        </For>
      </ul>
      <h4>{props.file.letters.length < props.file.count ? 'The newest' : 'Each of them'}</h4>
      <ol>
        <For each={props.file.letters}>
          {(letter) => (
            <li>
              <span>
                record {count(letter.offset + 1)}: {letter.reason}
              </span>
              <code>{letter.start || '(no bytes)'}</code>
            </li>
          )}
        </For>
      </ol>
    </section>
  );
}

function count(value: number): string {
  return formatValue(value, { unit: 'none', decimals: 0 }).text;
}
