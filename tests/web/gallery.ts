import { stringify } from 'yaml';
import type { Board } from '../../contract/spec/board.ts';
import type { Panel, PanelKind } from '../../contract/spec/panel.ts';

/** What each kind is for, in the order of the page. */
const FOR: Readonly<Record<PanelKind, string>> = {
  timeseries: 'Measures over time: lines, areas, stacks, bars; limits, bands between two columns, two axes.',
  heatmap:
    'How many of what, when: a measure by colour, time from left to right, a by-column’s values from top to bottom.',
  'state-timeline': 'What state each machine, door or vehicle was in, and for how long.',
  'control-chart': 'Is the process in control? A measure against its control limits, with the rules it breaks.',
  stat: 'One number, what it was, and whether it is good.',
  gauge: 'One number between two ends that matter.',
  target: 'What was reached against what was wanted.',
  oee: 'Availability × performance × quality, and which of them costs most.',
  barlist: 'Who has most, or least.',
  funnel: 'Steps in their order, and where most is lost.',
  donut: 'Shares of a whole. Only of what can be added: of what cannot it says so.',
  histogram: 'How values are spread.',
  scatter: 'Two measures of each group against each other.',
  table: 'The latest rows of a stream, or one row per group of a window.',
  events: 'What happens, line by line.',
  text: 'Words beside the pictures.',
};

/** docs/gallery.md from the boards that the pictures are taken of. */
export function galleryPage(boards: readonly Board[]): string {
  const panels = boards.flatMap((board) => board.panels);
  const sections = (Object.keys(FOR) as PanelKind[]).map((kind) =>
    [`## ${kind}`, FOR[kind], ...panels.filter((panel) => panel.kind === kind).map(entry)].join('\n\n'),
  );
  return `${[
    '# Gallery',
    'Every kind of panel over known data, as it is written in a [board](boards.md) and as it looks. The pictures are made, and ' +
      'compared, by `tests/web/gallery.test.ts`. A dotted hairline is the watermark: right of it everything is provisional, ' +
      'and drawn so; a point with a ring was revised after it was final.',
    ...sections,
  ].join('\n\n')}\n`;
}

function entry(panel: Panel): string {
  const picture = (theme: string) => `pictures/gallery/${pictureName(panel, theme)}`;
  return [
    `### ${panel.title}`,
    `![${panel.title}, light](${picture('light')})`,
    `![${panel.title}, dark](${picture('dark')})`,
    `\`\`\`yaml\n${stringify([panel], { lineWidth: 110 }).trimEnd()}\n\`\`\``,
  ].join('\n\n');
}

export function pictureName({ kind, title }: Panel, theme: string): string {
  return `${kind}-${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${theme}.png`;
}
