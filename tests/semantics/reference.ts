import type { Row, Scenario } from './scenario.ts';

/**
 * The rules once more, as plainly as they can be written: every row is kept, nothing is incremental. For windows grouped
 * by plain columns, without SQL.
 */
export interface Emitted {
  readonly batches: readonly (readonly Row[])[];
  readonly atEnd: readonly Row[];
  readonly tooLate: readonly Row[];
}

interface Group {
  readonly startMs: number;
  readonly endMs: number;
  readonly key: string;
  readonly rows: Row[];
  changed: boolean;
}

const END = Number.POSITIVE_INFINITY;

export function reference(scenario: Scenario): Emitted {
  const window = scenario.windows[scenario.output];
  if (!window) throw new Error(`no window ${scenario.output}`);
  const { by = [], select } = window;
  const columns = Array.isArray(by) ? by.map((name) => [name, name]) : Object.entries(by);
  const shape = shapeOf(window.window);
  const delayMs = durationMs(scenario.delay);
  const allowMs = durationMs(window.late?.allow ?? '0s');
  const keyOf = (row: Row): string => JSON.stringify(columns.map(([, field = '']) => row[field] ?? null));
  const timeOf = (row: Row): number => Number(row[scenario.timeField]);

  let open: Group[] = [];
  let watermarkMs = scenario.startMs ?? -END;
  const tooLate: Row[] = [];

  const addToWindows = (row: Row): void => {
    let counted = false;
    for (const { startMs, endMs } of shape.windows(timeOf(row))) {
      if (scenario.mode !== 'complete' && endMs + allowMs <= watermarkMs) continue;
      counted = true;
      const key = keyOf(row);
      let group = open.find((each) => each.startMs === startMs && each.endMs === endMs && each.key === key);
      if (!group) {
        group = { startMs, endMs, key, rows: [], changed: true };
        open.push(group);
      }
      group.rows.push(row);
      group.changed = true;
    }
    if (!counted) tooLate.push(row);
  };

  const addToSessions = (rows: readonly Row[], gapMs: number): void => {
    const fresh = rows.filter((row) => {
      const late = window.late?.judged === 'alone' && timeOf(row) + gapMs + allowMs <= watermarkMs;
      if (late) tooLate.push(row);
      return !late;
    });
    const opened = fresh.map(
      (row): Group => ({
        startMs: timeOf(row),
        endMs: timeOf(row) + gapMs,
        key: keyOf(row),
        rows: [row],
        changed: true,
      }),
    );
    const before = open;
    open = [];
    for (const joined of touching([...before, ...opened])) {
      const late = joined.endMs + allowMs <= watermarkMs;
      const stored = before.filter((group) => joined.parts.includes(group));
      if (joined.changed && late) {
        tooLate.push(...joined.parts.filter((group) => !stored.includes(group)).flatMap((group) => group.rows));
        open.push(...stored);
      } else open.push(stored.length === joined.parts.length && stored[0] ? stored[0] : joined);
    }
  };

  const rowOf = ({ startMs, endMs, rows }: Group): Row => ({
    window_start_ms: startMs,
    window_end_ms: endMs,
    ...Object.fromEntries(columns.map(([name, field = '']) => [name, rows[0]?.[field] ?? null])),
    ...Object.fromEntries(Object.entries(select).map(([name, text]) => [name, aggregate(text, rows, timeOf)])),
  });

  const emit = (): Row[] => {
    const wanted = (group: Group): boolean =>
      scenario.mode === 'append' ? group.endMs + allowMs <= watermarkMs : scenario.mode === 'complete' || group.changed;
    const emitted = open.filter(wanted);
    for (const group of open) group.changed = false;
    const closed = (group: Group): boolean => group.endMs + allowMs <= watermarkMs;
    if (scenario.mode !== 'complete') open = open.filter((group) => !closed(group));
    return emitted.map(rowOf);
  };

  const batches = scenario.batches.map((batch) => {
    if (shape.gapMs === null) for (const row of batch.rows) addToWindows(row);
    else addToSessions(batch.rows, shape.gapMs);
    const newestMs = Math.max(-END, ...batch.rows.map(timeOf)) - delayMs;
    if (batch.watermarkMs !== null) watermarkMs = Math.max(watermarkMs, batch.watermarkMs ?? newestMs);
    return emit();
  });
  watermarkMs = END;
  return { batches, atEnd: scenario.closes ? emit() : [], tooLate };
}

/** Sessions of one key joined where one starts before, or as, another ends. */
function touching(groups: readonly Group[]): (Group & { readonly parts: readonly Group[] })[] {
  const joined: (Group & { readonly parts: readonly Group[] })[] = [];
  for (const group of [...groups].sort((a, b) => a.key.localeCompare(b.key) || a.startMs - b.startMs)) {
    const last = joined.at(-1);
    if (last === undefined || last.key !== group.key || last.endMs < group.startMs)
      joined.push({ ...group, parts: [group] });
    else
      joined[joined.length - 1] = {
        ...last,
        endMs: Math.max(last.endMs, group.endMs),
        rows: [...last.rows, ...group.rows],
        changed: last.changed || group.changed,
        parts: [...last.parts, group],
      };
  }
  return joined;
}

interface Shape {
  readonly gapMs: number | null;
  windows(timeMs: number): { startMs: number; endMs: number }[];
}

function shapeOf(text: string): Shape {
  const [, kind = '', inside = ''] = /^(\w+)\((.*)\)$/.exec(text) ?? [];
  const [sizeMs = 0, secondMs = 0, thirdMs = 0] = inside.split(',').map((part) => durationMs(part.trim()));
  if (kind === 'session') return { gapMs: sizeMs, windows: () => [] };
  const [stepMs, offsetMs] = kind === 'tumble' ? [sizeMs, secondMs] : [secondMs, thirdMs];
  return {
    gapMs: null,
    windows(timeMs) {
      const all = [];
      if (kind === 'cumulate') {
        const startMs = Math.floor((timeMs - offsetMs) / sizeMs) * sizeMs + offsetMs;
        for (let endMs = startMs + stepMs; endMs <= startMs + sizeMs; endMs += stepMs)
          if (endMs > timeMs) all.push({ startMs, endMs });
      } else {
        let startMs = Math.floor((timeMs - offsetMs) / stepMs) * stepMs + offsetMs;
        for (; startMs + sizeMs > timeMs; startMs -= stepMs) all.push({ startMs, endMs: startMs + sizeMs });
      }
      return all;
    },
  };
}

function durationMs(text: string): number {
  const [, sign, amount, unit = ''] = /^(-?)([\d.]+)(ms|s|m|h|d)$/.exec(text) ?? [];
  const factor = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit];
  if (factor === undefined) throw new Error(`no duration: ${text}`);
  return (sign === '-' ? -1 : 1) * Number(amount) * factor;
}

function aggregate(text: string, rows: readonly Row[], timeOf: (row: Row) => number): unknown {
  const [, name, field = ''] = /^(\w+)\((\w*)\)$/.exec(text) ?? [];
  if (name === 'count' && field === '') return rows.length;
  const present = [...rows]
    .sort((a, b) => timeOf(a) - timeOf(b))
    .map((row) => row[field] ?? null)
    .filter((value) => value !== null);
  const numbers = present.map(Number);
  const sum = numbers.reduce((total, value) => total + value, 0);
  switch (name) {
    case 'count':
      return present.length;
    case 'count_distinct':
      return new Set(present).size;
    case 'sum':
      return present.length === 0 ? null : sum;
    case 'avg':
      return present.length === 0 ? null : sum / present.length;
    case 'min':
      return present.length === 0 ? null : Math.min(...numbers);
    case 'max':
      return present.length === 0 ? null : Math.max(...numbers);
    case 'last':
      return present.at(-1) ?? null;
    default:
      throw new Error(`the reference has no ${text}`);
  }
}
