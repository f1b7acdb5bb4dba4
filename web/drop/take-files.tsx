import { createSignal, type JSX, onCleanup, Show } from 'solid-js';
import { Menu } from '../board/menu.tsx';
import { isAccepted, refusedWords } from './accepted.ts';
import { SPEEDS, type Speed, speedWords } from './given.ts';

export interface TakeFilesProps {
  /** Given a function that opens the chooser. */
  readonly ref: (choose: () => void) => void;
  /** At least one. */
  readonly onFiles: (files: readonly File[]) => void;
  /** What is shown now, in words; null: what the relay serves. */
  readonly shown: string | null;
  readonly speed: Speed;
  /** Files that are shown are read anew at it. */
  readonly onSpeed: (speed: Speed) => void;
  /** Back to what the relay serves. */
  readonly onLeave: () => void;
}

/** Takes files: dropped anywhere on the page, or chosen by a button. Says whose rows are shown while they are. */
export function TakeFiles(props: TakeFilesProps): JSX.Element {
  const [over, setOver] = createSignal(false);
  const [refused, setRefused] = createSignal<string | null>(null);
  let chooser: HTMLInputElement | undefined;

  const take = (files: readonly File[]) => {
    const taken = files.filter(isAccepted);
    setRefused(refusedWords(files));
    if (taken.length > 0) props.onFiles(taken);
  };
  const isFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
  const onOver = (event: DragEvent) => {
    if (!isFiles(event)) return;
    event.preventDefault();
    setOver(true);
  };
  const onLeave = (event: DragEvent) => {
    if (event.relatedTarget === null) setOver(false);
  };
  const onDrop = (event: DragEvent) => {
    if (!isFiles(event)) return;
    event.preventDefault();
    setOver(false);
    take([...(event.dataTransfer?.files ?? [])]);
  };
  window.addEventListener('dragover', onOver);
  window.addEventListener('dragleave', onLeave);
  window.addEventListener('drop', onDrop);
  onCleanup(() => {
    window.removeEventListener('dragover', onOver);
    window.removeEventListener('dragleave', onLeave);
    window.removeEventListener('drop', onDrop);
  });

  return (
    <>
      <footer class="files">
        <button type="button" class="link" onClick={() => chooser?.click()}>
          Open files…
        </button>
        <input
          ref={(element) => {
            chooser = element;
            props.ref(() => element.click());
          }}
          type="file"
          multiple
          hidden
          accept=".jsonl,.ndjson,.json"
          aria-label="Files of JSON lines"
          onChange={(event) => {
            take([...(event.currentTarget.files ?? [])]);
            event.currentTarget.value = '';
          }}
        />
        <span class="group speed">
          <Menu
            label="Speed of files"
            text={`read ${speedWords(props.speed)}`}
            value={String(props.speed)}
            items={SPEEDS.map((speed) => ({
              value: String(speed),
              label: speedWords(speed),
              ...(speed === 1 && { hint: 'as it happened' }),
            }))}
            onChoose={(value) => {
              const speed = SPEEDS.find((one) => String(one) === value);
              if (speed !== undefined && speed !== props.speed) props.onSpeed(speed);
            }}
          />
        </span>
        <span role="status">{props.shown ?? 'or drop .jsonl, .ndjson or .json anywhere: they stay in this tab'}</span>
        <Show when={props.shown !== null}>
          <button type="button" class="link" onClick={() => props.onLeave()}>
            Back to the relay
          </button>
        </Show>
      </footer>
      <Show when={refused()}>
        {(words) => (
          <div class="refused" role="alert">
            <p>{words()}</p>
            <button type="button" class="sheet-button" onClick={() => setRefused(null)}>
              Dismiss
            </button>
          </div>
        )}
      </Show>
      <Show when={over()}>
        <div class="drop-zone" aria-hidden="true">
          <p>Drop to read here</p>
        </div>
      </Show>
    </>
  );
}
