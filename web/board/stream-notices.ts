import type { Loss, Status, StreamStatus } from '../../contract/worker-api.ts';
import { formatValue } from '../format.ts';
import { formatMoment, type Zone } from '../format-time.ts';
import { lettersHref } from './letters-href.ts';
import type { Notice } from './notices.ts';
import { sentence, sentences } from './sentence.ts';

/** Of one stream. */
interface Named {
  readonly name: string;
  readonly stream: StreamStatus;
}

/** Losses of one reason, found about the same time, at most one of each stream. */
interface LossOfMany {
  readonly loss: Loss;
  readonly names: string[];
  /** Null: of one of them nobody can know. */
  missing: number | null;
}

/** Losses so far apart are two. */
const ONE_LOSS_MS = 60_000;
const KEPT_LOSSES = 3;
/** More are counted. */
const MAX_NAMES = 4;

/** What is to be said of the streams. One trouble is one notice, which names the streams it is of. (V13) */
export function streamNotices(status: Status, nowMs: number, zone: Zone): Notice[] {
  const all = Object.entries(status.streams).map(([name, stream]) => ({ name, stream }));
  const connected = status.connection.state === 'live';
  // What the relay last told of its sources says nothing once it is gone.
  const failed = connected ? all.filter(({ stream }) => stream.source.state === 'failed') : [];
  const rejected = all.filter((one) => !failed.includes(one) && allRejected(one.stream));
  const empty = connected
    ? all.filter((one) => !failed.includes(one) && !rejected.includes(one) && isEmpty(one.stream))
    : [];
  return [
    ...byCause(failed, saidBySource).map(failedNotice),
    ...byCause(rejected, ({ lastDeadLetter }) => [lastDeadLetter]).map(rejectedNotice),
    ...byCause(empty, saidBySource).map(emptyNotice),
    ...losses(all).map((loss) => lossNotice(loss, nowMs, zone)),
  ];
}

/** Of one trouble, at least one. */
type Group = readonly [Named, ...Named[]];

/** Streams of which the same is said, word by word or but for the stream's own name. */
function byCause(streams: readonly Named[], said: (stream: StreamStatus) => readonly (string | null)[]): Group[] {
  const groups: { readonly causes: Set<string>; readonly members: [Named, ...Named[]] }[] = [];
  for (const one of streams) {
    const words = said(one.stream);
    const causes = [words, words.map((text) => text && withoutName(text, one.name))].map((cause) =>
      JSON.stringify(cause),
    );
    const known = groups.find((group) => causes.some((cause) => group.causes.has(cause)));
    known?.members.push(one);
    if (known) for (const cause of causes) known.causes.add(cause);
    else groups.push({ causes: new Set(causes), members: [one] });
  }
  return groups.map(({ members }) => members);
}

/** The name is a word or a part of a path: in other words its letters are theirs. */
function withoutName(text: string, name: string): string {
  return text
    .split(/([\p{L}\p{N}_-]+)/u)
    .map((part) => (part === name ? '\0' : part))
    .join('');
}

const saidBySource = ({ source }: StreamStatus) => [source.state, source.message, source.fix];

function failedNotice(group: Group): Notice {
  return {
    id: `failed/${names(group).join('/')}`,
    tone: 'down',
    what: failedWords(group),
    more: sourceWords(group),
    dismissable: false,
  };
}

function emptyNotice(group: Group): Notice {
  return {
    id: `empty/${names(group).join('/')}`,
    tone: 'waiting',
    what: `${group[0].stream.source.state === 'ended' ? 'No record in' : 'Waiting for the first record of'} ${listed(names(group))}`,
    more: sourceWords(group),
    dismissable: false,
  };
}

function sourceWords(group: Group): string {
  const [first, ...others] = group.map(({ stream }) => sentences(stream.source.message, stream.source.fix));
  return others.every((words) => words === first) ? (first ?? '') : `${first} Likewise the others.`;
}

function rejectedNotice(group: Group): Notice {
  const [{ name, stream }, ...others] = group;
  return {
    id: `rejected/${names(group).join('/')}`,
    tone: 'late',
    what: `No record of ${listed(names(group))} could become a row`,
    more: sentences(
      `${count(group.reduce((sum, one) => sum + one.stream.deadLetters, 0))} read, every one rejected`,
      stream.lastDeadLetter === null ? null : `The last: ${stream.lastDeadLetter}`,
    ),
    dismissable: false,
    link: {
      href: lettersHref(others.length > 0 ? undefined : name),
      text: 'See them',
    },
  };
}

/** A broker that does not answer is asked again by the relay; another failure needs someone. */
function failedWords(group: Group): string {
  const [{ stream }, ...others] = group;
  const [source, is] = others.length === 0 ? ['Source', 'is'] : ['Sources', 'are'];
  const of = `${source} of ${listed(names(group))}`;
  if (!/\bno (\w+ )?broker answers\b/i.test(stream.source.message ?? '')) return `${of} failed`;
  const never = group.every(({ stream: { received } }) => received === 0);
  return `${of} ${is} not reachable${never ? ' yet' : ''}, trying again`;
}

/** Records come, and none of them is data. */
export function allRejected({ received, read, deadLetters }: StreamStatus): boolean {
  return received === 0 && deadLetters > 0 && (read === null || read <= deadLetters);
}

/** Nothing came of it, and nothing is on its way. */
function isEmpty({ received, read, deadLetters }: StreamStatus): boolean {
  return received === 0 && (read ?? 0) <= deadLetters;
}

function losses(streams: readonly Named[]): LossOfMany[] {
  const found: LossOfMany[] = [];
  for (const { name, stream } of streams)
    for (const loss of stream.losses.slice(-KEPT_LOSSES)) {
      const known = found.find(
        (one) =>
          one.loss.kind === loss.kind &&
          one.loss.reason === loss.reason &&
          Math.abs(one.loss.atMs - loss.atMs) < ONE_LOSS_MS &&
          !one.names.includes(name),
      );
      if (!known) found.push({ loss, names: [name], missing: loss.missing });
      else {
        known.names.push(name);
        known.missing = known.missing === null || loss.missing === null ? null : known.missing + loss.missing;
      }
    }
  return found;
}

function lossNotice({ loss, names: of, missing }: LossOfMany, nowMs: number, zone: Zone): Notice {
  return {
    id: `${loss.kind}/${of.join('/')}/${loss.atMs}`,
    tone: 'late',
    what: loss.kind === 'gap' ? `Gap in ${listed(of)}` : `${listed(of)} started again`,
    more: `${formatMoment(loss.atMs, nowMs, zone)}: ${sentence(loss.reason)}${
      missing === null ? '' : ` ${count(missing)} ${missing === 1 ? 'record is' : 'records are'} missing.`
    }`,
    dismissable: true,
  };
}

function names(group: readonly Named[]): string[] {
  return group.map(({ name }) => name);
}

/** `a`, `a and b`, `a, b, c and d`, `a, b, c, d and 5 more` */
function listed(all: readonly string[]): string {
  const shown = all.length > MAX_NAMES + 1 ? [...all.slice(0, MAX_NAMES), `${all.length - MAX_NAMES} more`] : all;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

function count(value: number): string {
  return formatValue(value, { unit: 'none' }).text;
}
