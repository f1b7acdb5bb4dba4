import { parseDurationUs } from '../../contract/spec/duration.ts';
import type { Panel } from '../../contract/spec/panel.ts';
import { dataOf } from '../../contract/spec/panel-uses.ts';
import { sourceStream } from '../../contract/spec/source-stream.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import type { Filter, PanelPicture, Status, StreamStatus, TimeView } from '../../contract/worker-api.ts';
import { lettersHref } from '../board/letters-href.ts';
import { isOpening } from '../board/opening.ts';
import { sentence } from '../board/sentence.ts';
import { formatValue } from '../format.ts';
import { formatMoment, formatStretch, type Zone } from '../format-time.ts';
import { valuesWords } from '../variables/value-words.ts';
import { onlyFilters } from './request-of.ts';
import { durationWords } from './window-words.ts';

/** Why a panel shows no data, and what to do about it. */
export interface Waiting {
  readonly what: string;
  /** Null: nothing is to be done. */
  readonly next: string | null;
  readonly link?: { readonly href: string; readonly text: string };
}

export interface WaitingInput {
  readonly panel: Panel;
  readonly windows: Readonly<Record<string, WindowSpec>>;
  readonly status: Status | null;
  readonly picture: PanelPicture | undefined;
  /** In view, for panels that go by it. */
  readonly view: TimeView;
  /** What the viewer has chosen. */
  readonly filters: readonly Filter[];
  readonly nowMs: number;
  readonly zone: Zone;
}

/** The stream a panel's picture is made of; null: it shows no data. */
export function streamOf(panel: Panel, windows: Readonly<Record<string, WindowSpec>>): string | null {
  const data = dataOf(panel);
  switch (data.of) {
    case 'stream':
      return data.stream;
    case 'window':
      return sourceStream(data.window, windows) ?? data.window;
    case 'nothing':
      return null;
  }
}

function windowOf(panel: Panel): string | null {
  const data = dataOf(panel);
  return data.of === 'window' ? data.window : null;
}

/** What is true where there is nothing to draw; null where there is, or where it is on its way. */
export function waitingWords(input: WaitingInput): Waiting | null {
  const { panel, windows, status, picture } = input;
  if (!status || status.rebuilding || isOpening(status) || picture?.kind === 'error') return null;
  const name = streamOf(panel, windows);
  if (name === null) return null;
  const stream = status.streams[name];
  if (picture && hasRows(picture))
    return isVoid(panel, picture, status) ? voidWords(input, picture, name, stream) : null;
  const { connection } = status;
  if (connection.state === 'closed')
    return { what: `Nothing came of ${name}: ${sentence(connection.reason)}`, next: 'Reload the page to try again.' };
  if (connection.state !== 'live')
    return {
      what: `Nothing has come of ${name} yet, and the relay is not reached.`,
      next: 'This goes on by itself once the relay answers: see that it runs.',
    };
  if (!stream) return unknownWords(name, status);
  return stream.received > 0 ? restartedWords(picture, name, stream) : firstWords(panel, name, stream);
}

function hasRows(picture: PanelPicture): boolean {
  return picture.kind !== 'error' && (picture.streamTime ?? picture).maxEventTimeUs !== null;
}

/** A stream has rows, and nothing of them is in this picture. */
function isVoid(panel: Panel, picture: PanelPicture, { windows }: Status): boolean {
  const groups = windows[windowOf(panel) ?? '']?.groups ?? 0;
  switch (picture.kind) {
    case 'series':
      return picture.xSeconds.length === 0;
    case 'fold':
      // With groups there is no value for another reason: x / 0, or values that are null; or none of them is chosen.
      return (
        picture.rows.length === 0 ||
        ((groups === 0 || picture.maxEventTimeUs === null) && picture.rows.every(({ value }) => value === null))
      );
    case 'rows':
    case 'groups':
    case 'states':
      return picture.rows.length === 0;
    case 'error':
      return false;
  }
}

function voidWords(
  input: WaitingInput,
  picture: PanelPicture,
  name: string,
  stream: StreamStatus | undefined,
): Waiting {
  const { panel, windows, status } = input;
  const events = `${stream ? `${count(stream.received)} ` : ''}events`;
  const window = windowOf(panel);
  const chosen = chosenWords(panel, input.filters, picture);
  if (window === null) {
    if (chosen !== null)
      return { what: `No event of ${chosen} is among those kept of ${name}.`, next: otherWords(input) };
    return {
      what: `None of the ${events} of ${name} is kept: all are too old.`,
      next: 'New ones are listed as they come.',
    };
  }
  const spec = windows[window];
  const kept = status?.windows[window];
  const where = spec?.where ?? null;
  if (kept && kept.groups > 0) {
    const extent = extentWords(input);
    if (chosen !== null) return { what: `Nothing of ${chosen} is in ${extent}.`, next: otherWords(input) };
    const others = typeof input.view.until === 'number' ? 'there are others at other times' : 'there were earlier ones';
    return {
      what: `${where === null ? `No window of ${window}` : 'No event that counts here'} is in ${extent}; ${others}.`,
      next: longerWords(input),
    };
  }
  if (kept && kept.tooLateRows > 0)
    return {
      what: `${count(kept.tooLateRows)} events of ${name} came too late for every window of ${window}.`,
      next: 'Let windows wait for them: `late: { allow }`, or a longer `time.delay` of the stream.',
    };
  if (spec && spec.from !== name)
    return {
      what: `No window of ${spec.from} has closed yet; ${window} counts those that have.`,
      next: null,
    };
  if (where !== null)
    return {
      what: `None of the ${events} of ${name} counts here.`,
      next: `The first that does is shown; if some should, correct where: ${where} of the window ${window}.`,
    };
  return {
    what: `None of the ${events} of ${name} is in a window that is kept.`,
    next: 'New ones are shown here as they come.',
  };
}

/** The values this picture was made for: `zone A and carrier DHL`; null: all. */
function chosenWords(panel: Panel, filters: readonly Filter[], picture: PanelPicture): string | null {
  const unfiltered = picture.kind === 'error' ? [] : picture.unfiltered;
  const own = panel.kind === 'events' ? onlyFilters(panel.only) : [];
  const held = [...filters.filter(({ column }) => !unfiltered.includes(column)), ...own];
  const words = held.map(({ column, values, not }) => `${column} ${not ? 'other than ' : ''}${valuesWords(values)}`);
  return words.length === 0 ? null : words.join(' and ');
}

/** What to do where what is chosen leaves nothing. */
function otherWords({ filters }: WaitingInput): string {
  return filters.length === 0 ? 'The first is listed here as it comes.' : 'Choose other values above, or all.';
}

/** How much event time a panel shows, where it has its own of that, or of the range above; by its times where it stands still. */
function extentWords({ panel, view, nowMs, zone }: WaitingInput): string {
  const own = ownOver(panel);
  const us = own === null ? null : own === 'range' ? view.span : parseDurationUs(own);
  if (typeof view.until === 'number') {
    const untilMs = (view.until - view.earlierUs) / 1000;
    const begunUs = own === 'range' ? view.fromUs : undefined;
    if (begunUs !== undefined) return formatStretch((begunUs - view.earlierUs) / 1000, untilMs, nowMs, zone);
    if (typeof us === 'number') return formatStretch(untilMs - us / 1000, untilMs, nowMs, zone);
    return `${own === null ? 'the last window' : 'what is kept'} up to ${formatMoment(untilMs, nowMs, zone)}`;
  }
  if (own === null) return 'the newest window';
  return us === 'all' || us === null ? 'what is kept' : `the last ${durationWords(us)}`;
}

function longerWords({ panel, view }: WaitingInput): string | null {
  if (typeof view.until === 'number') return 'Choose another range above.';
  if (ownOver(panel) === 'range') return view.span === 'all' ? null : 'Choose a longer range above.';
  return 'A longer `over` of this panel would show them.';
}

/** Null: the newest window alone. */
function ownOver(panel: Panel): string | null {
  const over = 'over' in panel ? panel.over : 'range';
  return over ?? (panel.kind === 'stat' || panel.kind === 'gauge' ? null : 'range');
}

function unknownWords(name: string, { streams }: Status): Waiting | null {
  const others = Object.keys(streams);
  if (others.length === 0) return null;
  return {
    what: `The relay serves no stream ${name}.`,
    next: `It serves ${others.join(', ')}: correct the board, or start the relay with that stream.`,
  };
}

/** It has had rows, which were of another past. */
function restartedWords(picture: PanelPicture | undefined, name: string, stream: StreamStatus): Waiting | null {
  if (!picture || stream.maxEventTimeUs !== null) return null;
  const reset = stream.losses.findLast(({ kind }) => kind === 'reset');
  return {
    what: `${name} began again, and nothing has come since${reset ? `: ${sentence(reset.reason)}` : '.'}`,
    next: null,
  };
}

/** Nothing has ever come of the stream. */
function firstWords(panel: Panel, name: string, { source, read, deadLetters, lastDeadLetter }: StreamStatus): Waiting {
  if (source.state === 'failed')
    return {
      what: `The source of ${name} failed: ${sentence(source.message ?? 'it does not say why')}`,
      next: source.fix,
    };
  if (deadLetters > 0 && (read === null || read <= deadLetters))
    return {
      what: `None of the ${count(deadLetters)} records of ${name} could become a row${
        lastDeadLetter === null ? '.' : `, the last: ${sentence(lastDeadLetter)}`
      }`,
      next: null,
      link: { href: lettersHref(name), text: 'See them' },
    };
  if (source.state === 'ended') return { what: `${name} was read to its end: it has no records.`, next: source.fix };
  if ((read ?? 0) > deadLetters) return { what: `The first records of ${name} are on their way.`, next: null };
  if (source.state === 'connecting')
    return { what: `The relay is connecting to the source of ${name}.`, next: source.fix };
  return {
    what: `${willStand(panel)} with the first record of ${name}.${source.message === null ? '' : ` ${sentence(source.message)}`}`,
    next: source.fix,
  };
}

function willStand(panel: Panel): string {
  switch (panel.kind) {
    case 'timeseries':
    case 'control-chart':
      return 'A line is drawn here';
    case 'heatmap':
      return 'Colours over time stand here';
    case 'state-timeline':
      return 'States over time stand here';
    case 'barlist':
      return `One bar per ${panel.label} stands here`;
    case 'funnel':
      return 'The steps stand here';
    case 'donut':
      return `Shares by ${panel.label} stand here`;
    case 'histogram':
      return 'How values are spread is drawn here';
    case 'scatter':
      return `One dot per ${panel.label} stands here`;
    case 'table':
    case 'events':
      return 'Records are listed here';
    case 'stat':
    case 'gauge':
    case 'target':
    case 'oee':
    case 'text':
      return 'Shown';
  }
}

function count(value: number): string {
  return formatValue(value, { unit: 'none', decimals: 0 }).text;
}
