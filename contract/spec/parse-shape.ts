import { calendarShape } from './calendar-shape.ts';
import { readArguments, TextError } from './call-text.ts';
import { parseDurationUs } from './duration.ts';
import { nearest } from './nearest.ts';
import { MAX_SQL_CHARACTERS, sqlProblem } from './sql-text.ts';
import { floorMod, greatestDivisor } from './whole-numbers.ts';
import { type ArgumentProblem, type Length, parseLength, splitZone } from './window-length.ts';
import { MAX_PANES, nearestPart, type ShapeOrProblems } from './window-shape.ts';

const EXAMPLES = {
  tumble: 'tumble(1m) or tumble(1h, 15m)',
  hop: 'hop(1h, 5m) or hop(week, day, Europe/Berlin)',
  cumulate: 'cumulate(1d, 1h) or cumulate(day, 1h, Europe/Berlin)',
  session: 'session(30m)',
  global: 'global()',
} as const;
type Kind = keyof typeof EXAMPLES;
const KINDS = Object.keys(EXAMPLES) as Kind[];

/** `hop(1h, 5m)` → its shape, or every problem in it. Never throws. (W6, W14–W18) */
export function parseShape(text: string): ShapeOrProblems {
  if (text.length > MAX_SQL_CHARACTERS) return refused(text, `at most ${MAX_SQL_CHARACTERS} characters`);
  const name = /^\s*([A-Za-z]+)\s*\(/.exec(text);
  const kind = KINDS.find((known) => known === name?.[1]?.toLowerCase());
  if (name === null || kind === undefined) {
    const close = nearest(/^\s*([A-Za-z]*)/.exec(text)?.[1] ?? '', KINDS);
    const all = KINDS.map((known) => EXAMPLES[known].split(' or ')[0]).join(', ');
    return refused(text, `one of ${all}${close === null ? '' : `; did you mean ${close}?`}`);
  }
  let args: string[];
  try {
    const read = readArguments(text, name[0].length);
    if (text.slice(read.end).trim() !== '') return refused(text, `nothing after the parenthesis of ${EXAMPLES[kind]}`);
    args = read.args;
  } catch (error) {
    if (error instanceof TextError) return refused(text, `${error.message} in ${EXAMPLES[kind]}`);
    throw error;
  }
  if (kind === 'global')
    return args.length === 0 ? { shape: { kind } } : refused(text, 'global() without arguments: it is all of time');
  if (kind === 'session') return session(text, args);
  return sliced(kind, text, args);
}

const PLACES = {
  tumble: { second: null, most: 2, takes: 'a size, and perhaps an offset and a zone' },
  hop: { second: 'slide', most: 3, takes: 'a size and a slide, and perhaps an offset and a zone' },
  cumulate: { second: 'step', most: 3, takes: 'a size and a step, and perhaps an offset and a zone' },
} as const;

function sliced(kind: keyof typeof PLACES, text: string, args: readonly string[]): ShapeOrProblems {
  const { second, most, takes } = PLACES[kind];
  const { rest, zone, problems } = splitZone(args);
  if (rest.length < most - 1 || rest.length > most)
    return { problems: [...problems, { found: text, expected: `${takes}: ${EXAMPLES[kind]}` }] };
  const lengths = rest.map((arg, index) => {
    const what = index === 0 ? 'size' : index === most - 1 ? 'offset' : String(second);
    const length = parseLength(arg, `the ${what} of ${kind}(…)`);
    if ('expected' in length) problems.push(length);
    else if (what !== 'offset' && length.us !== null && length.us <= 0)
      problems.push({ found: arg, expected: `the ${what} of ${kind}(…) to be above 0` });
    else if (what === 'offset' && length.isWord)
      problems.push({ found: arg, expected: `the offset of ${kind}(…) to be a duration such as 6h or -15m` });
    else return length;
    return null;
  });
  const [size, ...others] = lengths;
  if (problems.length > 0 || !size || others.includes(null)) return { problems };
  const slide = second === null ? null : (others[0] ?? null);
  const offsetUs = others[most - 2]?.us ?? 0;
  if (zone !== null || size.isWord || (kind === 'hop' && slide?.isWord))
    return calendarShape({ kind, size, slide, zone, offsetUs });
  if (slide?.isWord)
    return refused(
      slide.text,
      `the ${second} of ${kind}(…) to be a duration, as its size is, or the size a unit: day, week …`,
    );
  return fixedShape(kind, size, slide, offsetUs);
}

function fixedShape(kind: keyof typeof PLACES, size: Length, slide: Length | null, offsetUs: number): ShapeOrProblems {
  const sizeUs = size.us ?? 0;
  if (slide === null || kind === 'tumble')
    return { shape: { kind: 'tumble', sizeUs, offsetUs: floorMod(offsetUs, sizeUs) } };
  const stepUs = slide.us ?? 0;
  if (stepUs > sizeUs)
    return kind === 'hop'
      ? refused(slide.text, `a slide of at most the size, ${size.text}: rows between windows would be in none`)
      : refused(slide.text, `a step of at most the size, ${size.text}`);
  if (kind === 'cumulate' && sizeUs % stepUs !== 0)
    return refused(
      slide.text,
      `a step that divides the size: the nearest is cumulate(${size.text}, ${nearestPart(sizeUs, stepUs)})`,
    );
  const panes = sizeUs / greatestDivisor(sizeUs, stepUs);
  if (panes > MAX_PANES)
    return refused(
      slide.text,
      `at most ${MAX_PANES} panes per window, and this has ${panes}: the nearest allowed is ${kind}(${size.text}, ${nearestPart(sizeUs, stepUs)})`,
    );
  if (kind === 'cumulate') return { shape: { kind, sizeUs, stepUs, offsetUs: floorMod(offsetUs, sizeUs) } };
  return { shape: { kind, sizeUs, slideUs: stepUs, offsetUs: floorMod(offsetUs, stepUs) } };
}

function session(text: string, args: readonly string[]): ShapeOrProblems {
  const [gap] = args;
  if (gap === undefined) return refused(text, `a gap: ${EXAMPLES.session}`);
  if (args.length > 1)
    return refused(
      text,
      `${EXAMPLES.session}, the gap alone: a session begins with its first row, in any zone, so nothing else moves it`,
    );
  // A text that is a duration is one; any other text or expression is SQL, which the database judges.
  const bare = /^'([^']*)'$/.exec(gap)?.[1] ?? gap;
  if (parseDurationUs(bare) === null && !/^[+-]?\s*[\d.]+\s*\w*$/.test(bare)) {
    const wrong = sqlProblem(gap);
    if (wrong !== null) return refused(gap, wrong);
    return { shape: { kind: 'session', gapUs: null, gapExpression: gap } };
  }
  const length = parseLength(bare, 'the gap of session(…)');
  if ('expected' in length) return { problems: [length] };
  if (length.us === null || length.us <= 0)
    return refused(gap, 'the gap of session(…) to be above 0, or SQL over a row that yields an interval');
  return { shape: { kind: 'session', gapUs: length.us, gapExpression: null } };
}

function refused(found: string, expected: string): { problems: ArgumentProblem[] } {
  return { problems: [{ found, expected }] };
}
