import type { Shortcut } from '../../shortcuts/shortcuts.ts';

/** Asks a panel to do something; its `detail` is what. */
export const PANEL_EVENT = 'highwater-panel';
export type PanelCommand = 'view' | 'table' | 'made';

const GROUP = 'Panel under the pointer, or with the focus';

/** The panel that is meant: the one with the focus, else the one under the pointer, else the one that fills the page. */
function meant(): Element | null {
  return (
    document.activeElement?.closest('.panel[data-panel]') ??
    document.querySelector('.panel[data-panel]:hover') ??
    document.querySelector('.panel[data-viewed]')
  );
}

function ask(detail: PanelCommand): () => void {
  return () => meant()?.dispatchEvent(new CustomEvent(PANEL_EVENT, { detail }));
}

/** `back`: from a panel that fills the page to the board; `isViewing`: one does. */
export function panelShortcuts(isViewing: () => boolean, back: () => void): Shortcut[] {
  const isMeant = () => meant() !== null;
  return [
    { keys: 'v', group: GROUP, label: 'Full screen, and back', run: ask('view'), when: isMeant },
    { keys: 'Escape', group: GROUP, label: 'Back to the board', run: back, when: isViewing },
    { keys: 'p t', group: GROUP, label: 'Its data as a table', run: ask('table'), when: isMeant },
    { keys: 'p i', group: GROUP, label: 'How it is made', run: ask('made'), when: isMeant },
  ];
}
