import type { PanelPicture, StreamStatus } from '../../../contract/worker-api.ts';
import { sentence, sentences } from '../../board/sentence.ts';
import { formatSpan, formatValue } from '../../format.ts';
import { formatMoment, type Zone } from '../../format-time.ts';
import type { PanelState, StateName } from '../panel-state.ts';

export interface ClaimInput {
  readonly state: PanelState;
  readonly picture: PanelPicture | undefined;
  readonly streamName: string | null;
  /** Null: the relay has told nothing of it. */
  readonly stream: StreamStatus | null;
  readonly nowMs: number;
  readonly zone: Zone;
}

const MEANS: Readonly<Record<StateName, string>> = {
  live: 'Frames come, and what is shown is as new as they are.',
  late: 'Frames come, but their events happened long before.',
  stale: 'There is a connection, and nothing has come for ten seconds: the last value stays, hatched, with its age.',
  ended: 'The source was read to its end: nothing newer will come.',
  disconnected: 'There is no connection to the relay: the last value stays, hatched, with its age.',
  failed: 'The relay cannot read the source: nothing newer is to be had until it can.',
  rebuilding: 'The engine is being replaced; the last picture stays until the new one stands where it stood.',
  loading: 'What this browser kept is being read back.',
  past: 'The time in view has ended and is final: what comes now does not change it.',
  'catching-up': 'History is being read: what is shown is true, and not yet up to now.',
  replay: 'The events were more than an hour old when they came: history, not now.',
  ahead: 'The newest event lies more than an hour after this computer’s time: a clock is wrong.',
  gap: 'Within what is in view records are known to be missing: what is there is true, and not all.',
  asleep: 'It was out of sight, and is being drawn again.',
  paused: 'You have stopped it: rows are counted all the same, and shown when you go on.',
  empty: 'Nothing has come yet.',
  error: 'It cannot be drawn: the panel says why.',
};

/** What a panel may claim now, in sentences: its state, how far event time has come, its source, what is missing. */
export function claimWords({ state, picture, streamName, stream, nowMs, zone }: ClaimInput): string[] {
  const claim = [state.word, ...state.age].join(', ');
  const words = [`${claim.charAt(0).toUpperCase()}${claim.slice(1)}. ${MEANS[state.name]}`];
  if (picture && picture.kind !== 'error') {
    const { maxEventTimeUs, watermarkUs, unfiltered } = picture;
    if (maxEventTimeUs !== null && watermarkUs !== null)
      words.push(
        `The watermark is at ${formatMoment(watermarkUs / 1000, nowMs, zone)}, ${formatSpan((maxEventTimeUs - watermarkUs) / 1000)} behind the newest event, of ${formatMoment(maxEventTimeUs / 1000, nowMs, zone)}: before it no more events are expected.`,
      );
    if ('relativeError' in picture && picture.relativeError > 0)
      words.push(`Its values are approximate, within ± ${Number((picture.relativeError * 100).toPrecision(2))} %.`);
    if (unfiltered.length > 0) words.push(`It is not filtered by ${unfiltered.join(', ')}: it shows all of them.`);
  }
  if (streamName !== null && stream !== null) {
    const { source, late, tooLate, losses } = stream;
    words.push(`Its source is the stream ${streamName}: ${sentences(source.message ?? source.state, source.fix)}`);
    words.push(
      `${count(late)} of its rows came late and were counted all the same, ${count(tooLate)} came too late to be.`,
    );
    const last = losses.at(-1);
    if (last)
      words.push(
        `${losses.length === 1 ? 'One loss is' : `${losses.length} losses are`} known, the newest at ${formatMoment(last.atMs, nowMs, zone)}: ${sentence(last.reason)}`,
      );
  }
  return words;
}

/** What a window may be, and how it is drawn. */
export const windowStates = [
  {
    name: 'provisional',
    words: 'More of its events may come: the watermark has not passed its end. Drawn dashed, right of the dotted line.',
  },
  { name: 'final', words: 'The watermark has passed its end: no more of its events are expected. Drawn solid.' },
  {
    name: 'revised',
    words: 'A late event has changed it after it was final, within what its window allows. Drawn with a ring.',
  },
] as const;

function count(value: number): string {
  return formatValue(value, { unit: 'none', decimals: 0 }).text;
}
