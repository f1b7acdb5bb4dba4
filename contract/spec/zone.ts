import { nearest } from './nearest.ts';

/** Names of three letters that the zone database has. */
const SHORT = /^(UTC|GMT|UCT|EST|MST|HST|CET|EET|MET|WET|PRC|ROC|ROK)$/i;

/** The zone's name as the world writes it, every name of UTC as `UTC`; null when there is none such. */
export function knownZone(text: string): string | null {
  // Intl also takes offsets such as +01:00, and letters such as IST, which name no zone or several.
  if (!/^[A-Za-z]/.test(text) || (text.length === 3 && !SHORT.test(text))) return null;
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
    return known === 'UTC' || known.toLowerCase() === text.toLowerCase() ? known : text;
  } catch {
    return null;
  }
}

/** What would be right instead of a name that is no zone's. */
export function zoneExpectation(found: string): string {
  const close = nearest(found, ['UTC', ...Intl.supportedValuesOf('timeZone')]);
  return `a time zone such as Europe/Berlin, America/New_York or UTC${close === null ? '' : `; did you mean ${close}?`}`;
}
