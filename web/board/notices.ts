import type { Status } from '../../contract/worker-api.ts';
import { formatSpan, formatValue } from '../format.ts';
import { formatClock, type Zone } from '../format-time.ts';

/** What the viewer must be told above the board. */
export interface Notice {
  /** Stays the same while it is the same trouble; what was dismissed is remembered by it. */
  readonly id: string;
  readonly tone: 'down' | 'late' | 'waiting';
  readonly what: string;
  readonly more: string;
  readonly dismissable: boolean;
}

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
  for (const { window, message, fix } of status.windowProblems)
    found.push({
      id: `window/${window}/${message}`,
      tone: 'down',
      what: `Window ${window} does not run`,
      more: [message, fix].map(sentence).join(' '),
      dismissable: true,
    });
  for (const [name, stream] of Object.entries(status.streams)) {
    const { source } = stream;
    if (source.state === 'failed')
      found.push({
        id: `failed/${name}`,
        tone: 'down',
        what: `Source of ${name} failed`,
        more: [source.message, source.fix]
          .filter((text) => text !== null)
          .map(sentence)
          .join(' '),
        dismissable: false,
      });
    else if (stream.received === 0 && connection.state === 'live')
      found.push({
        id: `empty/${name}`,
        tone: 'waiting',
        what: `Waiting for the first record of ${name}`,
        more: [source.message, source.fix]
          .filter((text) => text !== null)
          .map(sentence)
          .join(' '),
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

function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
