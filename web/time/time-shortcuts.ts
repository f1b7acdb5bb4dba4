import type { Shortcut } from '../shortcuts/shortcuts.ts';
import type { TimeControl } from './create-time.ts';

/** Keys for the time in view, Grafana's where it has them. `tell` is said aloud. */
export function timeShortcuts(
  time: () => TimeControl,
  tell: (words: string) => void,
  open: () => void,
): readonly Shortcut[] {
  const group = 'Time';
  const refused = () => tell('The browser does not let this page use the clipboard');
  return [
    { keys: 't t', group, label: 'Choose the time in view', run: open },
    { keys: ['t z', '$mod+z'], group, label: 'Zoom out', run: () => time().zoomOut() },
    { keys: 't ArrowLeft', group, label: 'Half a range earlier', run: () => time().move(-1) },
    { keys: 't ArrowRight', group, label: 'Half a range later', run: () => time().move(1) },
    { keys: 't a', group, label: 'Fix what is in view, to share it', run: () => time().fix() },
    {
      keys: 't c',
      group,
      label: 'Copy the range',
      run: () =>
        void time()
          .copy()
          .then(() => tell('The range is copied'), refused),
    },
    {
      keys: 't v',
      group,
      label: 'Paste a range',
      run: () =>
        void time()
          .paste()
          .then((done) => tell(done ? 'The range is taken' : 'What is copied is no range'), refused),
    },
  ];
}
