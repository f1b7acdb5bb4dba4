import { type Path, quote, type Report } from './yaml-file.ts';

/** Reports what stands twice in a list of things that are there once. */
export function checkOnce(names: readonly string[] | undefined, path: Path, report: Report): void {
  for (const [index, name] of (names ?? []).entries())
    if (names?.indexOf(name) !== index) report([...path, index], `${quote(name)} again`, 'each once');
}
