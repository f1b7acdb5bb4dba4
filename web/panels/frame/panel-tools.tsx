import { createEffect, createMemo, createSignal, type JSX, lazy, onCleanup, Show } from 'solid-js';
import type { Panel } from '../../../contract/spec/panel.ts';
import { dataOf } from '../../../contract/spec/panel-uses.ts';
import type { PanelPicture } from '../../../contract/worker-api.ts';
import { Loaded } from '../../dialog/loaded.tsx';
import { Sheet } from '../../dialog/sheet.tsx';
import { useBoard } from '../board-context.ts';
import type { PanelState } from '../panel-state.ts';
import { streamOf } from '../waiting-words.ts';
import { About } from './about.tsx';
import { type PanelAction, PanelMenu } from './panel-menu.tsx';
import { PANEL_EVENT, type PanelCommand } from './panel-shortcuts.ts';

// What is looked at now and then comes when it is.
const DataTable = lazy(() => import('./data-table.tsx'));
const HowMade = lazy(() => import('./how-made.tsx'));
const TooLate = lazy(() => import('../../too-late/too-late.tsx'));

export interface PanelToolsProps {
  readonly panel: Panel;
  /** It fills the page. */
  readonly viewed: boolean;
  readonly state: PanelState;
  readonly picture: PanelPicture | undefined;
  /** The panel, on which shortcuts are heard. */
  readonly element: HTMLElement | undefined;
}

type Shown = 'table' | 'made' | 'too-late';

/** In a panel's head: what it means, and what can be done with it. */
export function PanelTools(props: PanelToolsProps): JSX.Element {
  const board = useBoard();
  const [shown, setShown] = createSignal<Shown | null>(null);
  const close = () => setShown(null);
  const hasData = () => dataOf(props.panel).of !== 'nothing';
  const stream = createMemo(() => streamOf(props.panel, board.windows()));
  const tooLate = () => board.status()?.streams[stream() ?? '']?.tooLate ?? 0;
  const view = () => board.showPanel(props.viewed ? null : props.panel.title);
  const commands: Readonly<Record<PanelCommand, () => void>> = {
    view,
    table: () => hasData() && setShown('table'),
    made: () => hasData() && setShown('made'),
  };
  const hear = (event: Event) => commands[(event as CustomEvent<PanelCommand>).detail]();
  createEffect(() => {
    const { element } = props;
    element?.addEventListener(PANEL_EVENT, hear);
    onCleanup(() => element?.removeEventListener(PANEL_EVENT, hear));
  });
  const actions = (): PanelAction[] => [
    { label: props.viewed ? 'Back to the board' : 'Full screen', keys: props.viewed ? 'Esc' : 'v', run: view },
    ...(hasData()
      ? [
          { label: 'Data as a table', keys: 'p t', run: commands.table },
          { label: 'How it is made', keys: 'p i', run: commands.made },
        ]
      : []),
    ...(tooLate() > 0 ? [{ label: 'Rows that came too late', run: () => setShown('too-late') }] : []),
    ...linkOf(),
  ];
  /** Where the whole panel leads, when it leads there without a value. */
  const linkOf = (): PanelAction[] => {
    const { link } = props.panel;
    if (!link) return [];
    const href = board.hrefOf(link, '', null);
    if (href === null || ('url' in link && /\$(key|column)\b/.test(link.url))) return [];
    return [{ label: link.title ?? ('board' in link ? `Open ${link.board}` : 'Open its page'), href }];
  };
  const { title } = props.panel;
  return (
    <>
      <Show when={props.panel.description}>{(text) => <About title={title} text={text()} />}</Show>
      <span class="panel-tools">
        <Show when={props.viewed}>
          <button type="button" class="panel-back" onClick={view}>
            Back to the board
          </button>
        </Show>
        <PanelMenu title={props.panel.title} actions={actions()} />
      </span>
      <Sheet title={`${props.panel.title}: data`} wide open={shown() === 'table'} onClose={close}>
        <Loaded>
          <DataTable panel={props.panel} />
        </Loaded>
      </Sheet>
      <Sheet title={`${props.panel.title}: how it is made`} wide open={shown() === 'made'} onClose={close}>
        <Loaded>
          <HowMade panel={props.panel} state={props.state} picture={props.picture} />
        </Loaded>
      </Sheet>
      <Sheet title="Rows that came too late" wide open={shown() === 'too-late'} onClose={close}>
        <Loaded>
          <TooLate
            stream={stream()}
            status={board.status()}
            windows={board.windows()}
            query={board.query}
            zone={board.zone()}
            nowMs={board.nowMs()}
          />
        </Loaded>
      </Sheet>
    </>
  );
}
