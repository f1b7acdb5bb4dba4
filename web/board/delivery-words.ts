import type { JournalStatus, Loss, Status, StreamStatus } from '../../contract/worker-api.ts';
import { formatBytes, formatValue } from '../format.ts';
import { formatMoment, type Zone } from '../format-time.ts';
import { sentence } from './sentence.ts';

/** How complete what is shown is, as the status line says it in three words or less. */
export interface DeliverySummary {
  readonly words: string;
  /** Something is missing, or may be: it is told in another colour. */
  readonly lossy: boolean;
}

/** For so long after it, that a stream was resumed is worth a word. */
const RESUMED_MS = 60_000;

/** Null before any stream was answered. (P5) */
export function deliverySummary(status: Status, nowMs: number): DeliverySummary | null {
  const streams = Object.values(status.streams);
  const losses = streams.flatMap((stream) => stream.losses);
  if (losses.length > 0) {
    const [gaps, resets] = (['gap', 'reset'] as const).map(
      (kind) => losses.filter((loss) => loss.kind === kind).length,
    );
    return { words: [counted(gaps, 'gap'), counted(resets, 'reset')].filter(Boolean).join(', '), lossy: true };
  }
  const answers = streams.flatMap(({ delivery }) => (delivery ? [delivery] : []));
  if (answers.length === 0) return null;
  const resumed = answers.some(({ outcome, atMs }) => outcome === 'resumed' && nowMs - atMs < RESUMED_MS);
  // What the relay has read since, nobody here can know.
  if (status.connection.state !== 'live') return { words: 'nothing missing so far', lossy: false };
  return { words: resumed ? 'resumed, nothing missing' : 'nothing missing', lossy: false };
}

/** How the newest subscription of a stream was answered, in a sentence. */
export function outcomeWords(stream: StreamStatus, nowMs: number, zone: Zone): string {
  const { delivery } = stream;
  if (!delivery) return 'The relay has not answered yet.';
  const at = formatMoment(delivery.atMs, nowMs, zone);
  const reason = delivery.reason === null ? '' : ` ${sentence(capital(delivery.reason))}`;
  switch (delivery.outcome) {
    case 'fresh':
      return `Fresh at ${at}: read from where the relay begins.${reason}`;
    case 'resumed':
      return `Resumed at ${at}: every record after those this browser had, once.${reason}`;
    case 'gap':
      return `Gap at ${at}: what is here stays true, and records after it are missing.${reason}`;
    case 'reset':
      return `Reset at ${at}: the past no longer joins, so this stream began again.${reason}`;
  }
}

/** Null when every record was given. (F8) */
export function conflatedWords({ conflated, schema }: StreamStatus): string | null {
  if (conflated === 0) return null;
  const fields = (schema?.latestBy ?? []).join(', ');
  return `${count(conflated)} records were passed over for newer ones of the same ${fields || 'key'}.`;
}

export function lossWords({ kind, atMs, reason, missing }: Loss, nowMs: number, zone: Zone): string {
  const lost =
    missing === null
      ? 'How many records are missing cannot be known.'
      : `${count(missing)} ${missing === 1 ? 'record is' : 'records are'} missing.`;
  const what = kind === 'gap' ? 'gap' : 'reset';
  return `${formatMoment(atMs, nowMs, zone)} ${what}: ${sentence(reason)}${kind === 'gap' || missing !== null ? ` ${lost}` : ''}`;
}

/** What this browser keeps for the next opening. (J1) */
export function journalWords(journal: JournalStatus): string {
  switch (journal.state) {
    case 'on':
      return `${formatBytes(journal.bytes)} of at most ${formatBytes(journal.budgetBytes)} are kept in this browser; ${
        journal.restoredRows > 0
          ? `${count(journal.restoredRows)} rows were read back from it`
          : 'nothing was read back'
      } when the engine was started.${journal.message === null ? '' : ` ${journal.message}`}${persistedWords(journal)}`;
    case 'off':
      return `Nothing is kept in this browser: after a reload everything is read from the relay again.${
        journal.message === null ? '' : ` ${sentence(capital(journal.message))}`
      }`;
    case 'failed':
      return `Nothing more is kept in this browser, rows are in memory only. ${sentence(capital(journal.message ?? 'Its storage failed'))}`;
  }
}

function persistedWords({ persisted }: JournalStatus): string {
  if (persisted === undefined) return '';
  return persisted
    ? ' The browser keeps it also when it runs short of room.'
    : ' The browser may let it go when it runs short of room: then everything is read from the relay again.';
}

export function connectionWords({ connection }: Status, nowMs: number, zone: Zone): string {
  switch (connection.state) {
    case 'live':
      return `Connected since ${formatMoment(connection.sinceMs, nowMs, zone)} ${
        connection.transport === 'http' ? 'over HTTP, for WebSockets do not get through here' : 'over a WebSocket'
      }.`;
    case 'connecting':
      return `Connecting to the relay, without a connection since ${formatMoment(connection.sinceMs, nowMs, zone)}.`;
    default:
      return sentence(capital(connection.reason));
  }
}

/** Who runs the engine, and how often it was built anew. */
export function engineWords(runsHere: boolean): string {
  return runsHere
    ? 'It runs in this tab, for all tabs of this browser that show these boards; when this one is closed another takes over.'
    : 'It runs in another tab of this browser; when that one is closed this or another takes over.';
}

function count(value: number): string {
  return formatValue(value, { unit: 'none', decimals: 0 }).text;
}

function counted(value: number | undefined, word: string): string {
  return value ? `${count(value)} ${word}${value === 1 ? '' : 's'}` : '';
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
