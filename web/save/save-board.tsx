import { createMemo, type JSX } from 'solid-js';
import type { Board } from '../../contract/spec/board.ts';
import { boardText } from '../../contract/spec/board-text.ts';
import { CopyButton } from '../dialog/copy-button.tsx';
import { downloadText } from '../dialog/download.ts';

/** A board as the file somebody could have written, and what to do with it. */
export default function SaveBoard(props: { name: string; board: Board; made: boolean }): JSX.Element {
  const fileName = () => `${props.name.replace(/[^\p{L}\p{N}_.-]+/gu, '-')}.yaml`;
  const text = createMemo(() => boardText(props.board, new URL('highwater-board.schema.json', document.baseURI).href));
  const command = () => `npm start -- … --boards ${fileName()}`;
  return (
    <>
      <p>
        {props.made
          ? 'Nobody has written a file for this board: it was made from what the stream has. As a file it is yours.'
          : 'This is the board as it is shown now, as a file.'}{' '}
        Start the relay with what you gave it before, and <code>--boards {fileName()}</code> after it:
      </p>
      <pre class="code">
        <code>{command()}</code>
      </pre>
      <p>
        A relay that was started with <code>--config</code> is told of the file by <code>boards:</code> in that
        configuration{props.made ? '' : ', in place of the file this board is in now'}.
      </p>
      <p>
        Whenever the file is changed, every open tab shows the change at once; what is wrong in it is told above the
        board.
      </p>
      <div class="table-tools">
        <button
          type="button"
          class="sheet-button primary"
          onClick={() => downloadText(fileName(), text(), 'application/yaml')}
        >
          Download {fileName()}
        </button>
        <CopyButton text={text} label="Copy the file" />
      </div>
      <pre class="code" data-board-text>
        <code>{text()}</code>
      </pre>
    </>
  );
}
