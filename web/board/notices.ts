import type { Status } from '../../contract/worker-api.ts';
import type { Failure } from '../data/failure.ts';
import { formatSpan, formatValue } from '../format.ts';
import { formatMoment, type Zone } from '../format-time.ts';
import { isOpening } from './opening.ts';
import { sentence, sentences } from './sentence.ts';
import { allRejected, streamNotices } from './stream-notices.ts';

/** What the viewer must be told above the board. */
export interface Notice {
  /** Stays the same while it is the same trouble; what was dismissed is remembered by it. */
  readonly id: string;
  readonly tone: 'down' | 'late' | 'waiting';
  readonly what: string;
  readonly more: string;
  readonly dismissable: boolean;
  /** The next attempt need not be waited for. */
  readonly retries?: boolean;
  /** Where more is to be seen. */
  readonly link?: { readonly href: string; readonly text: string };
}

const LAST_SHOWN = 'What is shown is the last that came; nothing is lost that the relay still has.';
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
      more: `since ${formatMoment(connection.sinceMs, nowMs, zone)}: ${sentence(connection.reason)} Attempt ${connection.attempt + 1} ${
        connection.retryAtMs > nowMs ? `in ${formatSpan(connection.retryAtMs - nowMs)}` : 'now'
      }. ${LAST_SHOWN}`,
      dismissable: false,
      retries: true,
    });
  // Without this the notice would come and go with every attempt.
  if (connection.state === 'connecting' && !isOpening(status))
    found.push({
      id: 'waiting',
      tone: 'down',
      what: 'Disconnected',
      more: `since ${formatMoment(connection.sinceMs, nowMs, zone)}. Attempt ${connection.attempt} now. ${LAST_SHOWN}`,
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
      more: `${formatMoment(restart.atMs, nowMs, zone)}: ${sentence(restart.reason)} ${
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
  found.push(...streamNotices(status, nowMs, zone));
  return found;
}

/** The picture is the last that came: there is no engine, or nothing that reads. */
export function failureNotice({ what = 'No engine', message, fix }: Failure): Notice {
  return {
    id: `failure/${message}`,
    tone: 'down',
    what,
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
  const empty = streams.filter(([, { received }]) => received === 0);
  if (empty.length === 0) return 'The relay serves no board for these streams: their rows can be queried all the same.';
  const hindered = empty.filter(([, stream]) => stream.source.state === 'failed' || allRejected(stream));
  const names = (some: typeof empty) => some.map(([name]) => name).join(', ');
  if (hindered.length === empty.length) return `${will} once ${names(empty)} can be read: above is what is in the way.`;
  return `${will}. Waiting for the first record of ${names(empty.filter((one) => !hindered.includes(one)))} …`;
}
