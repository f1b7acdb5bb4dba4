import { createSignal, type JSX, lazy, onCleanup, Show } from 'solid-js';
import type { Clock } from '../../contract/clock.ts';
import type { Boards, QueryOptions, Row, Status } from '../../contract/worker-api.ts';
import { Loaded } from '../dialog/loaded.tsx';
import { Sheet } from '../dialog/sheet.tsx';
import type { Zone } from '../format-time.ts';
import { panelShortcuts } from '../panels/frame/panel-shortcuts.ts';
import { ShortcutHelp } from '../shortcuts/help.tsx';
import { shortcuts, useShortcuts } from '../shortcuts/shortcuts.ts';
import { switchMemory } from '../shortcuts/switch-memory.ts';
import type { Address } from './address.ts';
import { createChangeNote } from './changed.ts';
import { Switcher } from './switcher.tsx';

const SaveBoard = lazy(() => import('../save/save-board.tsx'));
const TooLate = lazy(() => import('../too-late/too-late.tsx'));

/** What lies over the page when it is asked for, by a button or by keys. */
export type PlaceName = 'help' | 'switcher' | 'too-late' | { readonly save: string };

export interface PlacesProps {
  readonly clock: Clock;
  readonly address: Address;
  readonly boards: Boards | null;
  /** Name of the board that is shown; null: none is. */
  readonly shown: string | null;
  readonly status: Status | null;
  readonly query: (sql: string, options?: QueryOptions) => Promise<Row[]>;
  readonly zone: Zone;
  readonly nowMs: number;
  readonly onPause: () => void;
  readonly place: PlaceName | null;
  readonly onPlace: (place: PlaceName | null) => void;
}

/** The page's dialogs and keys, and what is said of boards that change while they are looked at. */
export function Places(props: PlacesProps): JSX.Element {
  const { view, go, href } = props.address;
  const [said, setSaid] = createSignal('');
  const close = () => props.onPlace(null);
  const note = createChangeNote(
    () => props.boards,
    () => props.shown,
    props.clock,
  );
  onCleanup(shortcuts.listen(window, switchMemory));
  useShortcuts([
    { keys: ['?', 'h'], group: 'Everywhere', label: 'These shortcuts', run: () => props.onPlace('help') },
    { keys: '$mod+k', group: 'Everywhere', label: 'Go to a board', run: () => props.onPlace('switcher') },
    {
      keys: 'd h',
      group: 'Everywhere',
      label: 'Pipeline health, and back',
      run: () => go({ page: view().page === 'health' ? null : 'health' }, true),
    },
    {
      keys: 'd k',
      group: 'Board',
      label: 'Kiosk: the board alone, and back',
      run: () => {
        go({ kiosk: !view().kiosk }, true);
        setSaid(view().kiosk ? 'Kiosk: d k goes back' : '');
      },
    },
    {
      keys: 'd s',
      group: 'Board',
      label: 'Save the board as a file',
      run: () => props.onPlace({ save: props.shown ?? '' }),
      when: () => props.shown !== null,
    },
    { keys: 'Space', group: 'Time', label: 'Pause, and go on', run: () => props.onPause() },
    ...panelShortcuts(
      () => view().viewPanel !== null,
      () => go({ viewPanel: null }, true),
    ),
  ]);
  const saved = () => {
    const { place, boards } = props;
    if (place === null || typeof place === 'string' || !boards) return null;
    const board = boards.boards[place.save];
    return board ? { name: place.save, board, made: boards.made.includes(place.save) } : null;
  };
  return (
    <>
      <div class="change-note" role="status" aria-live="polite">
        <Show when={note()}>{(words) => <p>{words()}</p>}</Show>
        <span class="sr-only">{said()}</span>
      </div>
      <Sheet title="Keys" wide open={props.place === 'help'} onClose={close}>
        <ShortcutHelp />
      </Sheet>
      <Sheet title="Go to" open={props.place === 'switcher' && props.boards !== null} onClose={close}>
        <Show when={props.boards}>
          {(boards) => (
            <Switcher
              boards={boards()}
              href={(board) => href({ board, page: null, viewPanel: null })}
              healthHref={href({ page: 'health', viewPanel: null })}
              onChosen={close}
            />
          )}
        </Show>
      </Sheet>
      <Sheet title="Save as a file" wide open={saved() !== null} onClose={close}>
        <Loaded>
          <Show when={saved()}>{(board) => <SaveBoard {...board()} />}</Show>
        </Loaded>
      </Sheet>
      <Sheet title="Rows that came too late" wide open={props.place === 'too-late'} onClose={close}>
        <Loaded>
          <TooLate
            stream={null}
            status={props.status}
            windows={props.boards?.windows ?? {}}
            query={props.query}
            zone={props.zone}
            nowMs={props.nowMs}
          />
        </Loaded>
      </Sheet>
    </>
  );
}
