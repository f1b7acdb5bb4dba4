import { parseDurationUs } from '../../contract/spec/duration.ts';
import type { Panel } from '../../contract/spec/panel.ts';
import { dataOf } from '../../contract/spec/panel-uses.ts';
import { sourceStream } from '../../contract/spec/source-stream.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import type { PanelPicture, Span, Status, StreamStatus } from '../../contract/worker-api.ts';
import { lettersHref } from '../board/letters-href.ts';
import { isOpening } from '../board/opening.ts';
import { sentence } from '../board/sentence.ts';
import { formatValue } from '../format.ts';
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
  readonly span: Span;
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
  if (picture && hasRows(picture)) return isVoid(panel, picture, status) ? voidWords(input, name, stream) : null;
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
      // With groups there is no value for another reason: x / 0, or values that are null.
      return picture.rows.length === 0 || (groups === 0 && picture.rows.every(({ value }) => value === null));
    case 'rows':
    case 'groups':
    case 'states':
      return picture.rows.length === 0;
    case 'error':
      return false;
  }
}

function voidWords(
  { panel, windows, status, span }: WaitingInput,
  name: string,
  stream: StreamStatus | undefined,
): Waiting {
  const events = `${stream ? `${count(stream.received)} ` : ''}events`;
  const window = windowOf(panel);
  if (window === null)
    return {
      what: `None of the ${events} of ${name} is kept: all are too old.`,
      next: 'New ones are listed as they come.',
    };
  const spec = windows[window];
  const kept = status?.windows[window];
  const where = spec?.where === undefined ? null : `where: ${spec.where}`;
  if (kept && kept.groups > 0)
    return {
      what: `${where === null ? `No window of ${window}` : `No event with ${where}`} is in ${extentWords(panel, span)}; there were earlier ones.`,
      next: longerWords(panel, span),
    };
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
      what: `None of the ${events} of ${name} has ${where}.`,
      next: 'The first that has is shown here; if some should, correct the window’s `where`.',
    };
  return {
    what: `None of the ${events} of ${name} is in a window that is kept.`,
    next: 'New ones are shown here as they come.',
  };
}

/** How much event time a panel shows, where it has its own of that, or of the range above. */
function extentWords(panel: Panel, span: Span): string {
  const own = ownOver(panel);
  if (own === null) return 'the newest window';
  const us = own === 'range' ? span : parseDurationUs(own);
  return us === 'all' || us === null ? 'what is kept' : `the last ${durationWords(us)}`;
}

function longerWords(panel: Panel, span: Span): string | null {
  if (ownOver(panel) === 'range') return span === 'all' ? null : 'Choose a longer range above.';
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
