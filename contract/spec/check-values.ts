import { parseDurationUs } from './duration.ts';
import { oneOf } from './nearest.ts';
import type { Panel, PanelKind } from './panel.ts';
import type { Link, Mapping } from './panels/parts.ts';
import { type Path, quote, type Report } from './yaml-file.ts';

/** Reports what within a panel contradicts itself, or would have no effect; names are for check-panels.ts. */
export function checkValues(panel: Panel, report: Report): void {
  checkOrder(panel, LIMITS, report);
  checkOrder(panel, ENDS[panel.kind] ?? [], report);
  if ('mappings' in panel) checkMappings(panel.mappings, ['mappings'], report);
  if ('over' in panel && panel.over !== undefined && parseDurationUs(panel.over) === 0)
    report(['over'], quote(panel.over), 'longer than 0s');
  if (panel.kind === 'table')
    for (const [name, cell] of Object.entries(panel.cells ?? {})) {
      const here: Report = (path, found, expected) => report(['cells', name, ...path], found, expected);
      checkOrder(cell, LIMITS, here);
      checkMappings(cell.mappings, ['mappings'], here);
    }
  if (panel.kind === 'events') {
    checkBraces(panel.text, ['text'], report);
    checkOnly(panel.only, ['only'], report);
    checkMappings(panel.tone?.mappings, ['tone', 'mappings'], report);
  }
}

type Pairs = readonly (readonly [lower: string, upper: string])[];

const LIMITS: Pairs = [
  ['warnAbove', 'alarmAbove'],
  ['alarmBelow', 'warnBelow'],
  ['warnBelow', 'warnAbove'],
  ['alarmBelow', 'alarmAbove'],
];
/** Ends that kinds have of their own. */
const ENDS: Partial<Record<PanelKind, Pairs>> = {
  timeseries: [['min', 'max']],
  gauge: [['min', 'max']],
  'control-chart': [
    ['lower', 'upper'],
    ['lower', 'center'],
    ['center', 'upper'],
    ['specLow', 'specHigh'],
  ],
};
/** Limits that may be the same number: both are passed at once. */
const MAY_BE_EQUAL: ReadonlySet<string> = new Set(['warnAbove', 'alarmBelow']);

/** Reports the first pair of numbers whose lower is not below its upper. */
function checkOrder(of: object, pairs: Pairs, report: Report): void {
  const values = of as Readonly<Record<string, unknown>>;
  for (const [lower, upper] of pairs) {
    const [low, high] = [values[lower], values[upper]];
    if (typeof low !== 'number' || typeof high !== 'number' || low < high) continue;
    if (low === high && MAY_BE_EQUAL.has(lower)) continue;
    report([upper], String(high), `more than ${lower}, which is ${low}`);
    return;
  }
}

function checkMappings(mappings: readonly Mapping[] | undefined, path: Path, report: Report): void {
  for (const [index, mapping] of (mappings ?? []).entries()) {
    const at = [...path, index];
    if (mapping.text === undefined && mapping.color === undefined)
      report(at, 'a mapping to nothing', 'what is shown instead: text, color or both');
    if ('matches' in mapping) {
      const wrong = patternProblem(mapping.matches);
      if (wrong !== null) report([...at, 'matches'], quote(mapping.matches), `a regular expression (${wrong})`);
    } else if (!('value' in mapping)) {
      const { from, to } = mapping;
      if (from === undefined && to === undefined) report(at, 'neither value, from, to nor matches', 'what is mapped');
      else if (from !== undefined && to !== undefined && from > to)
        report([...at, 'to'], String(to), `${from}, which is from, or more`);
    }
  }
}

/** Why it is no regular expression, as the browser says it; null: it is one. */
function patternProblem(pattern: string): string | null {
  try {
    new RegExp(pattern);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^.*: /, '').toLowerCase() : String(error);
  }
}

/** Reports a brace that opens no field; `{{` is a brace. */
export function checkBraces(text: string, path: Path, report: Report): void {
  const rest = text.replace(/\{\{|\}\}|\{[^{}]*[^{}\s][^{}]*\}/g, '');
  if (/[{}]/.test(rest)) report(path, quote(text), 'fields in braces, as {machine}; a brace itself is {{ or }}');
}

/** Reports fields of which no value is let through. */
export function checkOnly(only: Readonly<Record<string, readonly string[]>> | undefined, path: Path, report: Report) {
  for (const [field, values] of Object.entries(only ?? {}))
    if (values.length === 0) report([...path, field], 'an empty list', 'at least one value: no row has none of them');
}

/** Reports a link to a board that is not there, or to no page. */
export function checkLink(link: Link | undefined, boards: readonly string[] | undefined, report: Report): void {
  if (link === undefined) return;
  if ('board' in link) {
    if (boards !== undefined && !boards.includes(link.board))
      report(['link', 'board'], quote(link.board), oneOf(boards, link.board, 'a board'));
  } else if (!/^(https?:\/\/[^/\s]|\/(?!\/)|\?)/i.test(link.url))
    report(['link', 'url'], quote(link.url), 'an address that begins with https://, http:// or /');
}
