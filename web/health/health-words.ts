import type { Status, StreamStatus } from '../../contract/worker-api.ts';
import { sentence } from '../board/sentence.ts';
import { formatBytes, formatSpan, formatValue } from '../format.ts';
import { formatMoment, type Zone } from '../format-time.ts';

/** A fact of the pipeline: what, how much, and, where it is not as it should be, in which tone it is said. */
export interface Fact {
  readonly term: string;
  readonly value: string;
  readonly tone?: 'late' | 'down';
  /** What it means, or what to do. */
  readonly note?: string;
}

interface Moment {
  readonly nowMs: number;
  readonly zone: Zone;
}

export function connectionFacts(status: Status, reconnects: number, { nowMs, zone }: Moment): Fact[] {
  const { connection, clockAheadMs, restarts } = status;
  const restart = restarts.at(-1);
  return [
    connectionFact(status, { nowMs, zone }),
    {
      term: 'Reconnected',
      value: reconnects === 0 ? 'not since this page was opened' : times(reconnects),
      ...(reconnects > 0 && { note: 'What came meanwhile was asked for again, from where this tab stood.' }),
    },
    {
      term: 'Clocks',
      value: clockAheadMs === null ? 'not known yet' : clockWords(clockAheadMs),
      ...(clockAheadMs !== null && Math.abs(clockAheadMs) > 60_000 && { tone: 'late' as const }),
      note: 'Of this computer against the relay’s, by estimate; ages are told by the relay’s.',
    },
    {
      term: 'Engine',
      value: restarts.length === 0 ? 'not started again' : `started again ${times(restarts.length)}`,
      ...(restart && {
        tone: 'late' as const,
        note: `The last at ${formatMoment(restart.atMs, nowMs, zone)}: ${sentence(restart.reason)}`,
      }),
    },
    ...(connection.state === 'waiting'
      ? [
          {
            term: 'Next attempt',
            value: connection.retryAtMs > nowMs ? `in ${formatSpan(connection.retryAtMs - nowMs)}` : 'now',
          },
        ]
      : []),
  ];
}

function connectionFact({ connection }: Status, { nowMs, zone }: Moment): Fact {
  const term = 'Relay';
  switch (connection.state) {
    case 'live':
      return {
        term,
        value: `connected since ${formatMoment(connection.sinceMs, nowMs, zone)}`,
        note: connection.transport === 'http' ? 'Over HTTP: WebSockets do not get through here.' : 'Over a WebSocket.',
      };
    case 'connecting':
      return {
        term,
        value: `connecting, attempt ${connection.attempt}`,
        ...(connection.attempt > 1 && { tone: 'late' }),
      };
    case 'waiting':
      return {
        term,
        value: `disconnected since ${formatMoment(connection.sinceMs, nowMs, zone)}`,
        tone: 'down',
        note: sentence(connection.reason),
      };
    case 'closed':
      return {
        term,
        value: 'closed',
        tone: 'down',
        note: `${sentence(connection.reason)} Reload the page to try again.`,
      };
  }
}

/** `this one is 1 h ahead`, `within 40 ms` */
function clockWords(aheadMs: number): string {
  const apart = Math.abs(aheadMs);
  if (apart < 1000) return `within ${Math.max(1, Math.round(apart))} ms`;
  return `this one is ${formatSpan(apart)} ${aheadMs > 0 ? 'ahead' : 'behind'}`;
}

/** So much of what there may be. */
export interface Share {
  readonly term: string;
  readonly usedBytes: number;
  readonly budgetBytes: number;
  readonly note: string;
}

export function memoryShares({ memory, panes, journal }: Status): Share[] {
  return [
    {
      term: 'Engine',
      ...memory,
      note: 'Rows that are kept, and the database: the oldest rows are let go when it is full.',
    },
    { term: 'Windows', ...panes, note: 'Old windows are folded into coarser ones when it is full.' },
    ...(journal.state === 'off'
      ? []
      : [
          {
            term: 'Kept in this browser',
            usedBytes: journal.bytes,
            budgetBytes: journal.budgetBytes,
            note:
              journal.state === 'failed'
                ? sentence(journal.message ?? 'Its storage failed')
                : journal.persisted === true
                  ? 'For the next opening; the browser keeps it also when it runs short of room.'
                  : 'For the next opening; the browser may let it go when it runs short of room.',
          },
        ]),
  ];
}

export function streamFacts(stream: StreamStatus, live: boolean, { nowMs, zone }: Moment): Fact[] {
  const { lag, watermarkUs, maxEventTimeUs, late, duplicates, conflated, received, rows, released, catchingUp } =
    stream;
  return [
    {
      term: 'Lag',
      value: live && !catchingUp && lag.ms !== null ? milliseconds(lag.ms) : catchingUp ? 'catching up' : 'not known',
      note: 'From when the relay sealed the newest frame to when it was counted here.',
    },
    {
      term: 'To be read',
      value: !live
        ? 'not known'
        : lag.records === null
          ? 'the source cannot say'
          : `${count(lag.records)} ${records(lag.records)}`,
      ...(live && lag.records !== null && lag.records > 100_000 && { tone: 'late' as const }),
      note: 'What the source has and the relay has not read.',
    },
    {
      term: 'Newest event',
      value: maxEventTimeUs === null ? 'none yet' : formatMoment(maxEventTimeUs / 1000, nowMs, zone),
    },
    {
      term: 'Watermark',
      value: watermarkUs === null ? 'none yet' : formatMoment(watermarkUs / 1000, nowMs, zone),
      ...(watermarkUs !== null &&
        maxEventTimeUs !== null && {
          note: `${formatSpan((maxEventTimeUs - watermarkUs) / 1000)} behind the newest event.`,
        }),
    },
    {
      term: 'Read by the relay',
      value: stream.read === null ? 'not told yet' : `${count(stream.read)} ${records(stream.read)}`,
      note: 'Since it was started, dead letters among them.',
    },
    { term: 'Rows', value: `${count(rows)} kept`, note: `${count(received)} came, ${count(released)} were let go.` },
    { term: 'Late', value: count(late), note: 'Counted all the same.' },
    ...(duplicates > 0
      ? [{ term: 'Duplicates', value: count(duplicates), note: 'Came again, and were counted once.' }]
      : []),
    ...(conflated > 0
      ? [{ term: 'Passed over', value: count(conflated), note: 'Newer ones of the same key were given instead.' }]
      : []),
  ];
}

export function milliseconds(ms: number): string {
  return formatValue(ms, { unit: 'ms', decimals: ms < 1000 ? 0 : 1 }).text;
}

export function count(value: number): string {
  return formatValue(value, { unit: 'none', decimals: 0 }).text;
}

export function shareWords({ usedBytes, budgetBytes }: Share): string {
  const part = budgetBytes > 0 ? Math.round((usedBytes / budgetBytes) * 100) : 0;
  return `${formatBytes(usedBytes)} of ${formatBytes(budgetBytes)}, ${part} %`;
}

function records(value: number): string {
  return value === 1 ? 'record' : 'records';
}

function times(value: number): string {
  return value === 1 ? 'once' : `${count(value)} times`;
}
