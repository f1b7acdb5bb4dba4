import { type Accessor, createMemo, createSignal, untrack } from 'solid-js';
import type { Board } from '../../contract/spec/board.ts';
import { knownZone } from '../../contract/spec/zone.ts';
import type { TimeView } from '../../contract/worker-api.ts';
import type { View } from '../board/view.ts';
import type { Zone } from '../format-time.ts';
import { copiedText, doubled, movedByHalf, pastedRange, textOf } from './move.ts';
import {
  type Between,
  betweenOf,
  type Checked,
  isProblem,
  isSameView,
  needsZone,
  parseRange,
  type Range,
  type RangeProblem,
  type RangeText,
  viewOf,
} from './range.ts';
import { resolveTime } from './resolve.ts';
import { loadTemporal, nativeTemporal } from './temporal.ts';
import { parseTime } from './time-text.ts';
import { ownRange } from './words.ts';

export interface TimeInput {
  readonly view: Accessor<View>;
  readonly board: Accessor<Board | null>;
  /** The wall clock, in whole seconds. */
  readonly nowMs: Accessor<number>;
  /** Newest event time of the board's streams; null before the first. */
  readonly newestUs: Accessor<number | null>;
  /** `push`: Back undoes it. */
  readonly go: (change: Partial<View>, push: boolean) => void;
  /** False: the browser does not let it. */
  readonly copy: (text: string) => Promise<boolean>;
  /** Left out where the page came over plain http. */
  readonly clipboard: () => Pick<Clipboard, 'readText'> | undefined;
}

export type Compare = '1d' | '7d';

/** Which event time is in view, as the address and the board say it, and what moves it. */
export interface TimeControl {
  /** As it is written; what is wrong with the address's is the problem, and the board's own is shown. */
  readonly text: Accessor<RangeText>;
  readonly own: Accessor<RangeText>;
  readonly problem: Accessor<RangeProblem | null>;
  readonly range: Accessor<Range>;
  /** Asked of the worker; null while what knows the calendar is loaded. */
  readonly view: Accessor<TimeView | null>;
  /** The moments it is between now; null: all that is kept, or not known yet. */
  readonly between: () => Between | null;
  /** What other texts would mean. */
  readonly explain: (text: RangeText) => Between | RangeProblem | null;
  readonly nowUs: Accessor<number>;
  /** It goes on with what now is. */
  readonly follows: Accessor<boolean>;
  readonly follow: Accessor<'event' | 'wall'>;
  readonly zone: Accessor<Zone>;
  readonly compare: Accessor<Compare | null>;
  readonly compareUs: Accessor<number | null>;
  /** There is a range to go back to. */
  readonly zoomed: Accessor<boolean>;
  readonly choose: (text: RangeText) => void;
  readonly zoom: (to: { readonly fromUs: number; readonly toUs: number } | null) => void;
  /** To what was shown before the zoom, else to twice the length. */
  readonly zoomOut: () => void;
  readonly move: (direction: -1 | 1) => void;
  /** What is in view now, as fixed times: a link shows the same later. */
  readonly fix: () => void;
  /** Back to what goes on with now. */
  readonly followAgain: () => void;
  readonly copy: () => Promise<void>;
  /** False: what was copied is no range. */
  readonly paste: () => Promise<boolean>;
}

const FALLBACK = '15m';
const NO_CALENDAR: RangeProblem = {
  field: 'from',
  message: 'needs the calendar, which could not be loaded: reload the page, or choose a length up to now',
};

export function createTime(input: TimeInput): TimeControl {
  const { view, board, go } = input;
  const [temporal, setTemporal] = createSignal(nativeTemporal());
  const [missing, setMissing] = createSignal(false);
  let loading = false;
  const load = () => {
    if (loading) return;
    loading = true;
    loadTemporal().then(
      (api) => setTemporal(() => api),
      () => setMissing(true),
    );
  };
  /** Ranges that were zoomed away from, newest last. */
  const [before, setBefore] = createSignal<readonly RangeText[]>([]);

  const timeZone = createMemo(() => {
    const wanted = view().timezone ?? board()?.timezone ?? 'browser';
    return wanted === 'browser' ? undefined : (knownZone(wanted) ?? undefined);
  });
  const zone = createMemo((): Zone => ({ timeZone: timeZone() }));
  const here = () => {
    const api = temporal();
    if (!api) {
      load();
      return null;
    }
    return { zone: timeZone() ?? Intl.DateTimeFormat().resolvedOptions().timeZone, temporal: api };
  };

  const follow = createMemo(() => view().follow ?? board()?.follow ?? 'event');
  const nowUs = createMemo(() => {
    const newestUs = follow() === 'event' ? input.newestUs() : null;
    return newestUs ?? input.nowMs() * 1000;
  });

  const own = createMemo(() => ownRange(board()?.range ?? FALLBACK), undefined, { equals: sameText });
  const written = createMemo(() => ({ from: view().from ?? own().from, to: view().to ?? 'now' }), undefined, {
    equals: sameText,
  });
  const checked = createMemo((): Checked => parseRange(written()));
  const resolved = createMemo(() => {
    const found = checked();
    if ('problem' in found) return found.problem;
    if (!needsZone(found.range)) return null;
    const at = here();
    if (at) return betweenOf(found.range, nowUs(), at);
    return missing() ? NO_CALENDAR : null;
  });
  const problem = createMemo(
    () => {
      const found = resolved();
      return isProblem(found) ? found : null;
    },
    undefined,
    { equals: (a, b) => a?.field === b?.field && a?.message === b?.message },
  );
  const text = createMemo(() => (problem() ? own() : written()));
  const range = createMemo((): Range => {
    const found = problem() ? parseRange(own()) : checked();
    return 'range' in found ? found.range : { kind: 'all' };
  });
  const explain = (one: RangeText): Between | RangeProblem | null => {
    const found = parseRange(one);
    if ('problem' in found) return found.problem;
    const at = needsZone(found.range) ? here() : null;
    return needsZone(found.range) && !at ? null : betweenOf(found.range, nowUs(), at);
  };
  const between = () => {
    const found = explain(text());
    return isProblem(found) ? null : found;
  };
  const timeView = createMemo(
    (): TimeView | null => {
      const now = range();
      const until = follow() === 'wall' ? 'now' : 'newest';
      if (now.kind === 'all') return viewOf(now, null, until);
      if (now.kind === 'last') return { span: now.spanUs, until, earlierUs: 0 };
      const found = between();
      const at = here();
      if (!found || !at) return null;
      return viewOf(now, found.follows ? found : (steady(now, found, nowUs(), at) ?? found), until);
    },
    undefined,
    { equals: (a, b) => a === b || (!!a && !!b && isSameView(a, b)) },
  );
  const follows = createMemo(() => range().kind !== 'between' || (between()?.follows ?? false));

  const compare = createMemo(() => {
    const wanted = view().compare ?? board()?.compare ?? 'none';
    return wanted === 'none' ? null : wanted;
  });
  /** The same time by the clock: where it was changed since, a day is an hour more or less. */
  const compareUs = createMemo(() => {
    const wanted = compare();
    if (wanted === null) return null;
    const api = temporal();
    const steps = parseTime(`now-${wanted}`);
    if (!api || !steps) return wanted === '1d' ? 86_400e6 : 604_800e6;
    const endUs = between()?.untilUs ?? nowUs();
    const at = { zone: timeZone() ?? Intl.DateTimeFormat().resolvedOptions().timeZone, temporal: api };
    return endUs - resolveTime(steps, { ...at, nowUs: endUs }, false);
  });

  const put = (to: RangeText) => {
    const isOwn = sameText(to, untrack(own));
    go({ from: isOwn ? null : to.from, to: isOwn || to.to === 'now' ? null : to.to }, true);
  };
  const choose = (to: RangeText) => {
    setBefore([]);
    put(to);
  };
  const back = () => {
    const last = before().at(-1);
    setBefore((all) => all.slice(0, -1));
    put(last ?? own());
  };
  return {
    text,
    own,
    problem,
    range,
    view: timeView,
    between,
    explain,
    nowUs,
    follows,
    follow,
    zone,
    compare,
    compareUs,
    zoomed: () => before().length > 0,
    choose,
    zoom(to) {
      if (to === null) {
        if (before().length > 0 || !follows()) back();
        return;
      }
      setBefore((all) => [...all, text()].slice(-50));
      put(textOf({ fromUs: to.fromUs, untilUs: to.toUs }));
    },
    zoomOut() {
      if (before().length > 0) return back();
      const now = between();
      if (now) put(doubled(now, nowUs()));
    },
    move(direction) {
      const now = between();
      if (now) choose(movedByHalf(now, direction, nowUs()));
    },
    fix() {
      const now = between();
      if (now) choose(textOf(now));
    },
    followAgain() {
      if (!follows()) choose(before().find((one) => one.to === 'now') ?? own());
    },
    async copy() {
      if (!(await input.copy(copiedText(text())))) throw new Error('The browser does not let it be copied');
    },
    async paste() {
      const clipboard = input.clipboard();
      if (clipboard === undefined) throw new Error('The browser does not let the page read what is copied');
      const found = pastedRange(await clipboard.readText());
      if (found) choose(found);
      return found !== null;
    },
  };
}

/** One that goes on behind now goes in steps that can be seen. */
function steady(range: Range, now: Between, nowUs: number, at: Parameters<typeof betweenOf>[2]): Between | null {
  const stepUs = Math.max(1e6, Math.floor((now.untilUs - now.fromUs) / 500));
  const found = betweenOf(range, Math.floor(nowUs / stepUs) * stepUs, at);
  return isProblem(found) || found?.follows ? null : found;
}

function sameText(a: RangeText, b: RangeText): boolean {
  return a.from === b.from && a.to === b.to;
}
