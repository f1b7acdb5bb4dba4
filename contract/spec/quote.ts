import { withoutUserOfUrl } from './without-user.ts';

/** A value as a message shows it: JSON, cut where it is long, and without the user of a URL. */
export function quote(value: unknown): string {
  const shown = typeof value === 'string' ? withoutUserOfUrl(value) : value;
  const text = JSON.stringify(shown) ?? String(shown);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
