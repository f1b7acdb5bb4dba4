import type { YAMLParseError } from 'yaml';
import type { z } from 'zod';
import { nearest, oneOf } from './nearest.ts';
import { own } from './own.ts';
import { type PanelKind, PanelSchema } from './panel.ts';
import { quote } from './quote.ts';
import { withoutUserOfUrl } from './without-user.ts';

/**
 * What would be right where something in a file is wrong, in words. A schema that says `expected …` itself is taken at its
 * word; of others it is told from their kind.
 */

/** `{ p95: quantile(x, 0.95) }` is, to YAML, `p95` of `quantile(x` and a key `0.95)`. */
export const QUOTE_COMMAS = {
  window: 'quotes around a value that holds a comma, as window: "hop(1h, 5m)"',
  select: 'quotes around a value that holds a comma, as p95: "quantile(x, 0.95)"',
  compute: 'quotes around a value that holds a comma, as pair: "concat(a, b)"',
  by: 'quotes around a value that holds a comma, as pair: "concat(a, b)"',
} as const;

/** Is it the beginning or the rest of a value that was cut at a comma? */
export function isCutOff(part: unknown): boolean {
  const text = String(part);
  return text.split('(').length !== text.split(')').length;
}

const LABELS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
};

/** `found`: the scalar that is there; undefined where it is a map, a list or nothing. `names`: the keys a map may have there. */
export function expectation(issue: z.core.$ZodIssue, found: unknown, names: readonly string[]): string {
  const [, key] = typeof found === 'string' ? (/^(\w+):\S/.exec(found) ?? []) : [];
  if (key !== undefined && names.includes(key) && issue.code !== 'invalid_value')
    return `a space after the colon: ${key}: ${withoutUserOfUrl(String(found).slice(key.length + 1))}`;
  const [, own] = /^expected ([\s\S]*)$/.exec(issue.message) ?? [];
  if (own !== undefined) return own;
  switch (issue.code) {
    case 'invalid_type': {
      const label = LABELS[issue.expected] ?? issue.expected;
      const isItem = issue.expected === 'array' && (typeof found === 'string' || typeof found === 'number');
      return isItem ? `${label}: [${withoutUserOfUrl(String(found)).slice(0, 40)}]` : label;
    }
    case 'invalid_value':
      return anyOf(issue.values.map(String), found);
    case 'too_small':
      return issue.origin === 'array'
        ? `at least ${issue.minimum} of them`
        : `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${issue.origin === 'string' ? ' character' : ''}`;
    case 'too_big':
      return `at most ${issue.maximum}`;
    case 'invalid_union':
      return unionExpectation(issue, found, names);
    default:
      return issue.message;
  }
}

function anyOf(values: readonly string[], found: unknown): string {
  const meant = typeof found === 'string' && values.length > 2 ? nearest(found, values) : null;
  const all = [values.slice(0, -1).join(', '), values.at(-1)].filter(Boolean).join(' or ');
  return `${all}${meant === null ? '' : `; did you mean ${meant}?`}`;
}

/** The one union that is told apart by a key. */
const PANEL_KINDS = PanelSchema.options.map((option) => option.shape.kind.value);

/** What other programs call these kinds. */
const MEANT_KIND: Readonly<Record<string, PanelKind>> = {
  line: 'timeseries',
  linechart: 'timeseries',
  area: 'timeseries',
  chart: 'timeseries',
  graph: 'timeseries',
  number: 'stat',
  singlestat: 'stat',
  bignumber: 'stat',
  bar: 'barlist',
  barchart: 'barlist',
  bargauge: 'barlist',
  topn: 'barlist',
  toplist: 'barlist',
  pie: 'donut',
  piechart: 'donut',
  dial: 'gauge',
  bullet: 'target',
  spc: 'control-chart',
  controlchart: 'control-chart',
  statetimeline: 'state-timeline',
  xychart: 'scatter',
  logs: 'events',
  log: 'events',
  eventlog: 'events',
  markdown: 'text',
};

function unionExpectation(
  issue: Extract<z.core.$ZodIssue, { code: 'invalid_union' }>,
  found: unknown,
  names: readonly string[],
): string {
  if (issue.discriminator !== undefined) {
    const meant = typeof found === 'string' ? own(MEANT_KIND, found.toLowerCase().replace(/[^a-z]/g, '')) : undefined;
    return meant === undefined
      ? oneOf(PANEL_KINDS, String(found), `a known ${issue.discriminator}`, PANEL_KINDS.length)
      : `a known ${issue.discriminator}; did you mean ${meant}?`;
  }
  const branches = issue.errors.flatMap((errors) =>
    errors.slice(0, 1).map((inner) => expectation(inner, found, names)),
  );
  return [...new Set(branches)].join(', or ') || issue.message;
}

/** What other programs call what is meant here. */
const MEANT: Readonly<Record<string, string>> = {
  group_by: 'by',
  groupby: 'by',
  group: 'by',
  filter: 'where',
  aggregates: 'select',
  measures: 'select',
  ssl: 'tls',
  topic: 'source',
  topics: 'source',
  broker: 'source',
  brokers: 'source',
  url: 'source',
  path: 'source',
  timestamp: 'time',
  watermark: 'time',
  schema: 'fields',
  y: 'value',
  value: 'y',
  stream: 'window',
  window: 'stream',
  size: 'window',
};

/** What is expected in place of a key that is none. */
export function knownKey(names: readonly string[], found: string): string {
  const meant = own(MEANT, found.toLowerCase());
  return meant !== undefined && names.includes(meant)
    ? `a known key; did you mean ${meant}?`
    : oneOf(names, found, 'a known key');
}

const CLOSED = 'what is opened to be closed';

/** What is wrong with text that is no YAML. */
export function yamlProblem({ code, message }: YAMLParseError): { readonly found: string; readonly expected: string } {
  switch (code) {
    case 'TAB_AS_INDENT':
      return { found: 'a tab at the beginning of a line', expected: 'spaces: YAML is indented by them alone' };
    case 'DUPLICATE_KEY':
      return { found: 'a name that is there already', expected: 'each name once' };
    case 'BAD_INDENT':
      if (/end with a [\]}]/.test(message)) return { found: 'a { or [ that is not closed', expected: CLOSED };
      return {
        found: 'an indentation unlike that of the lines above',
        expected: 'what belongs together below each other',
      };
    case 'MISSING_CHAR':
      return { found: lower(message), expected: message.startsWith('Missing ,') ? 'a comma between the two' : CLOSED };
    default:
      return {
        found: `no valid YAML (${quote(lower(message)).slice(1, -1)})`,
        expected: 'YAML; text with any of : # { } [ ] , " in it goes in quotes',
      };
  }
}

function lower(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}
