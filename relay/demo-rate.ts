import { SIMULATORS } from './demo/simulators.ts';
import { parseSourceUrl } from './sources/source-url.ts';

/** Of each simulated stream, its share of what is asked for them all; none is asked for: as many as it usually has. */
export function demoRate(
  source: string,
  { streams }: { readonly streams: Readonly<Record<string, { readonly source: string }>> },
  asked: number | null,
): { readonly rate?: number } {
  if (asked === null) return {};
  const usual = (url: string) => {
    const parsed = parseSourceUrl(url);
    return parsed.ok && parsed.url.kind === 'demo' ? SIMULATORS[parsed.url.name].defaultRate : 0;
  };
  const all = Object.values(streams).reduce((sum, stream) => sum + usual(stream.source), 0);
  return { rate: (asked * usual(source)) / Math.max(1, all) };
}
