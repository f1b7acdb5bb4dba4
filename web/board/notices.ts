import type { Status, StreamStatus } from '../../contract/worker-api.ts';
import { formatSpan, formatValue } from '../format.ts';
import { formatClock, type Zone } from '../format-time.ts';
import { sentence } from './sentence.ts';

/** What the viewer must be told above the board. */
export interface Notice {
  /** Stays the same while it is the same trouble; what was dismissed is remembered by it. */
  readonly id: string;
  readonly tone: 'down' | 'late' | 'waiting';
  readonly what: string;
  readonly more: string;
  readonly dismissable: boolean;
  /** Where more is to be seen. */
  readonly link?: { readonly href: string; readonly text: string };
}

/** For so long a restart of the engine is told above the board; after that it is in the list of the delivery. */
const RESTART_TOLD_MS = 600_000;

/** All notices of a moment, gravest first. Pure: the seconds to the next try count down with `nowMs`. */
export function notices(status: Status | null, nowMs: number, zone: Zone): Notice[] {
  if (!status) return [];
  const found: Notice[] = [];
  const { connection } = status;
  if (connection.state === 'waiting')
    found.push({
      id: 'waiting',
      tone: 'down',
      what: 'Disconnected',
      more: `since ${formatClock(connection.sinceMs, zone)}: ${sentence(connection.reason)} Attempt ${connection.attempt + 1} ${
        connection.retryAtMs > nowMs ? `in ${formatSpan(connection.retryAtMs - nowMs)}` : 'now'
      }. What is shown is the last that came; nothing is lost that the relay still has.`,
      dismissable: false,
    });
  if (connection.state === 'closed')
    found.push({
      id: 'closed',
      tone: 'down',
      what: 'Closed',
      more: `${sentence(connection.reason)} Reload the page to try again.`,
      dismissable: false,
    });
  const restart = status.restarts.at(-1);
  if (restart && nowMs - restart.atMs < RESTART_TOLD_MS)
    found.push({
      id: `restart/${restart.atMs}`,
      tone: 'late',
      what: 'The engine was started again',
      more: `${formatClock(restart.atMs, zone)}: ${sentence(restart.reason)} ${
        status.journal.state === 'on'
          ? 'It went on from what this browser keeps, and the relay gave what came after.'
          : 'What the relay still has was read again.'
      }`,
      dismissable: true,
    });
  for (const { window, message, fix } of status.windowProblems)
    found.push({
      id: `window/${window}/${message}`,
      tone: 'down',
      what: `Window ${window} does not run`,
      more: sentences(message, fix),
      dismissable: true,
    });
  for (const [name, { foldedRows, droppedRows, forgottenEvents }] of Object.entries(status.windows)) {
    if (foldedRows + droppedRows > 0) found.push(crowded(name, foldedRows, droppedRows));
    if (forgottenEvents > 0) found.push(forgetful(name, forgottenEvents));
  }
  for (const [name, stream] of Object.entries(status.streams)) {
    const { source } = stream;
    if (source.state === 'failed')
      found.push({
        id: `failed/${name}`,
        tone: 'down',
        what: failedWords(name, stream),
        more: sentences(source.message, source.fix),
        dismissable: false,
      });
    else if (allRejected(stream))
      found.push({
        id: `rejected/${name}`,
        tone: 'late',
        what: `No record of ${name} could become a row`,
        more: sentences(
          `${formatValue(stream.deadLetters, { unit: 'none' }).text} read, every one rejected`,
          stream.lastDeadLetter === null ? null : `The last: ${stream.lastDeadLetter}`,
        ),
        dismissable: false,
        link: { href: `/dead-letters?stream=${encodeURIComponent(name)}`, text: 'See them' },
      });
    else if (stream.received === 0 && connection.state === 'live')
      found.push({
        id: `empty/${name}`,
        tone: 'waiting',
        what: `Waiting for the first record of ${name}`,
        more: sentences(source.message, source.fix),
        dismissable: false,
      });
    for (const loss of stream.losses.slice(-3))
      found.push({
        id: `${loss.kind}/${name}/${loss.atMs}`,
        tone: 'late',
        what: loss.kind === 'gap' ? `Gap in ${name}` : `${name} started again`,
        more: `${formatClock(loss.atMs, zone)}: ${sentence(loss.reason)}${
          loss.missing === null ? '' : ` ${formatValue(loss.missing, { unit: 'none' }).text} records are missing.`
        }`,
        dismissable: true,
      });
  }
  return found;
}

/** There is no engine, and the picture is the last that came. */
export function failureNotice({ message, fix }: { readonly message: string; readonly fix: string }): Notice {
  return {
    id: `failure/${message}`,
    tone: 'down',
    what: 'No engine',
    more: sentences(message, fix),
    dismissable: false,
  };
}

/** More groups than memory has room for. */
function crowded(window: string, foldedRows: number, droppedRows: number): Notice {
  const rows = formatValue(foldedRows + droppedRows, { unit: 'none' }).text;
  return {
    id: `crowded/${window}`,
    tone: 'late',
    what: `Window ${window} has too many groups`,
    more: `${rows} rows of groups beyond the bound are ${
      droppedRows > 0 ? 'left out' : 'counted together as “(other)”'
    }. Group by something with fewer values, or leave rare ones out with \`where\`.`,
    dismissable: true,
  };
}

/** More events to tell apart than are remembered. */
function forgetful(window: string, forgottenEvents: number): Notice {
  const events = formatValue(forgottenEvents, { unit: 'none' }).text;
  return {
    id: `forgotten/${window}`,
    tone: 'late',
    what: `Window ${window} has too many events to tell apart`,
    more: `${events} events of ${window} were forgotten before their time: some may be counted twice. Shorten \`dedup.within\`.`,
    dismissable: true,
  };
}

/** What will stand where there is no board yet, and what it waits for. */
export function awaited(status: Status | null): string {
  const will = 'A board of charts appears here by itself';
  const streams = Object.entries(status?.streams ?? {});
  if (status?.connection.state !== 'live') return `${will} once the relay has told what it serves.`;
  if (streams.length === 0) return `${will} once the relay serves a stream.`;
  const empty = streams.filter(([, { received }]) => received === 0).map(([name]) => name);
  if (empty.length === 0) return 'The relay serves no board for these streams: their rows can be queried all the same.';
  return `${will}. Waiting for the first record of ${empty.join(', ')} …`;
}

/** Records come, and none of them is data. */
function allRejected({ received, read, deadLetters }: StreamStatus): boolean {
  return received === 0 && deadLetters > 0 && (read === null || read <= deadLetters);
}

/** A broker that does not answer is asked again by the relay; another failure needs someone. */
function failedWords(name: string, { source, received }: StreamStatus): string {
  if (!/\bno (\w+ )?broker answers\b/i.test(source.message ?? '')) return `Source of ${name} failed`;
  return `Source of ${name} is not reachable${received === 0 ? ' yet' : ''}, trying again`;
}

function sentences(...texts: readonly (string | null)[]): string {
  return texts
    .filter((text) => text !== null)
    .map(sentence)
    .join(' ');
}
