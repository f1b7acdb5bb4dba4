import { parseDurationUs } from './duration.ts';
import { oneOf } from './nearest.ts';
import { parseWindow, type SpecProblem, type WindowSpec } from './window.ts';
import { isCutOff, namesOf, objectOf, type Path, QUOTE_COMMAS, quote, type Report } from './yaml-file.ts';

/**
 * Reports what is wrong within a window as it is written. What the schema has refused already is left out, or stands in
 * as something that is right, so that the rest is judged.
 */
export function checkWindow(spec: unknown, path: Path, report: Report): void {
  const { window, compute, by, grouping_sets, dedup, select, where, late } = objectOf(spec) as Partial<WindowSpec>;
  const groups = isTexts(by) || isTextMap(by) ? by : undefined;
  const sets = Array.isArray(grouping_sets) && grouping_sets.every(isTexts) ? grouping_sets : undefined;
  const parsed = parseWindow({
    from: '',
    window: typeof window === 'string' ? window : 'tumble(1m)',
    by: groups ?? [],
    select: isTextMap(select) ? select : standIn(select),
    late: {
      allow: isDuration(late?.allow) ? late.allow : '0s',
      ...((late?.judged === 'joined' || late?.judged === 'alone') && { judged: late.judged }),
    },
    compute: textsOf(compute),
    ...(typeof where === 'string' && { where }),
    ...(isTexts(dedup?.by) &&
      dedup.by.length > 0 && { dedup: { by: dedup.by, ...(isDuration(dedup.within) && { within: dedup.within }) } }),
    ...(sets !== undefined && (groups !== undefined || by === undefined) && { grouping_sets: sets }),
  });
  if ('window' in parsed) return;
  for (const problem of parsed.problems) {
    report([...path, ...problem.path], quote(problem.found), commaHint(problem, spec) ?? problem.expected);
  }
}

/** What to say of a value that YAML cut at its comma; null: it did not. */
function commaHint({ path: [part], found }: SpecProblem, spec: unknown): string | null {
  const parts = part === 'window' ? spec : objectOf(spec)[String(part)];
  if (part !== 'window' && part !== 'select' && part !== 'compute' && part !== 'by') return null;
  return isCutOff(found) && namesOf(parts).some(isCutOff) ? QUOTE_COMMAS[part] : null;
}

/** Reports a `from` that leads to no stream. */
export function checkFrom(
  name: string,
  windows: Readonly<Record<string, unknown>>,
  streams: readonly string[],
  report: (found: string, expected: string) => void,
): void {
  const from = fromOf(windows, name);
  if (from === null || streams.includes(from)) return;
  if (!Object.hasOwn(windows, from)) {
    const others = Object.keys(windows).filter((other) => other !== name);
    report(
      quote(from),
      oneOf([...streams, ...others], from, others.length === 0 ? 'a stream' : 'a stream or a window'),
    );
    return;
  }
  const way = [name];
  for (let next: string | null = from; next !== null && !streams.includes(next); next = fromOf(windows, next)) {
    if (way.includes(next)) {
      // Those that only lead to the circle are right when it is.
      if (next === name) report(quote(from), `a stream in the end, and ${[...way, next].join(' ← ')} goes round`);
      return;
    }
    way.push(next);
  }
  const { window } = objectOf(windows[from]);
  if (typeof window === 'string' && /^\s*global\s*\(/i.test(window))
    report(quote(from), `a window that ends: rows of ${from} never become final, for it is global`);
}

/** The stream a window is made from, through the windows between. */
export function rootStream(from: string, windows: Readonly<Record<string, unknown>>): string {
  let root = from;
  for (let left = Object.keys(windows).length; left > 0 && Object.hasOwn(windows, root); left--)
    root = fromOf(windows, root) ?? root;
  return root;
}

function fromOf(windows: Readonly<Record<string, unknown>>, name: string): string | null {
  const { from } = Object.hasOwn(windows, name) ? objectOf(windows[name]) : {};
  return typeof from === 'string' ? from : null;
}

/** Others are told by the schema. */
function isDuration(value: unknown): value is string {
  return typeof value === 'string' && parseDurationUs(value) !== null;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** The select with something right in the place of what is no text, so that names which refer to it are judged. */
function standIn(select: unknown): Record<string, string> {
  const entries = Object.entries(objectOf(select)).map(([name, text]) => [
    name,
    typeof text === 'string' ? text : 'count()',
  ]);
  return Object.fromEntries(entries.length === 0 ? [['_', 'count()']] : entries);
}

function textsOf(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(objectOf(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function isTextMap(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((item) => typeof item === 'string')
  );
}
