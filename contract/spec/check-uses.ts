import { parseByteSize } from './byte-size.ts';
import type { RecordPart } from './field.ts';
import { oneOf } from './nearest.ts';
import { own } from './own.ts';
import { objectOf, type Path, quote, type Report } from './yaml-file.ts';

/** The parts of a record that sources have, by their URL's scheme. */
const COLUMNS: Readonly<Record<string, readonly RecordPart[]>> = {
  kafka: ['key', 'headers', 'topic'],
  mqtt: ['properties', 'retained', 'topic'],
  mqtts: ['properties', 'retained', 'topic'],
  file: [],
  demo: [],
};

/** Options that some sources alone do something with, and what to know where another has them. */
const USES: Readonly<Record<string, { readonly by: readonly string[]; readonly why: string }>> = {
  speed: { by: ['file'], why: 'only what is in a file: can be played at a pace' },
  from: { by: ['kafka', 'file'], why: 'only kafka: has a past to begin in' },
  security: { by: ['kafka', 'mqtt', 'mqtts'], why: 'only kafka: and mqtt: are reached over a network' },
};

/** The oldest goes by sixteenths of the log: less would be a frame at a time. */
const MIN_LOG_BYTES = 2 ** 20;

/** Reports what a stream says that its source does nothing with: nobody would notice. */
export function checkUses(source: string, stream: Readonly<Record<string, unknown>>, path: Path, report: Report): void {
  const scheme = schemeOf(source);
  const known = own(COLUMNS, scheme);
  if (known === undefined) return;
  const refuse = (rest: Path, what: string, why: string) =>
    report([...path, ...rest], `${what}, which has no effect with a ${scheme}: source`, `it left out: ${why}`);
  for (const [option, { by, why }] of Object.entries(USES))
    if (stream[option] !== undefined && !by.includes(scheme)) refuse([option], option, why);
  if (scheme === 'file' && stream.from !== undefined && stream.from !== 'earliest' && stream.from !== 'latest')
    report(
      [...path, 'from'],
      'a place in a file',
      'earliest or latest: lines have no time of their own before they are read',
    );
  const { tls, sasl } = objectOf(stream.security);
  if (sasl !== undefined && scheme.startsWith('mqtt'))
    refuse(['security', 'sasl'], 'sasl', `write the user as ${scheme}://user:env:MQTT_PASSWORD@host`);
  if (stream.security !== undefined && isEmpty(stream.security))
    report([...path, 'security'], 'nothing in it', '{ tls: {} } to speak TLS; or leave it out');
  if ('cert' in objectOf(tls) !== 'key' in objectOf(tls))
    report([...path, 'security', 'tls'], 'one of cert and key', 'both of them, or none');
  const { max_bytes: most, max_age: age } = objectOf(stream.log);
  if (age !== undefined && (scheme === 'demo' || (scheme === 'file' && isPaced(stream.speed))))
    report(
      [...path, 'log', 'max_age'],
      `max_age, which has no effect with ${scheme === 'demo' ? 'the demo' : 'a speed'}`,
      'it left out: what is played is in memory only, and kept by max_bytes',
    );
  const bytes = typeof most === 'string' ? parseByteSize(most) : null;
  if (bytes !== null && bytes < MIN_LOG_BYTES) report([...path, 'log', 'max_bytes'], quote(most), '1MiB or more');
  checkColumns(source, stream.columns, path, report);
}

function isPaced(speed: unknown): boolean {
  return speed !== undefined && speed !== 'max';
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function schemeOf(source: string): string {
  return source.trim().replace(/:.*$/s, '').toLowerCase();
}

/** Reports each of a stream's `columns` that its source has nothing for, and each that is there twice. */
function checkColumns(source: string, columns: unknown, path: Path, report: Report): void {
  const scheme = schemeOf(source);
  const known = own(COLUMNS, scheme);
  if (known === undefined || !Array.isArray(columns)) return;
  for (const [index, column] of columns.entries()) {
    const at = [...path, 'columns', index];
    if (columns.indexOf(column) < index) report(at, `${quote(column)} again`, 'each column once');
    else if (isColumn(column) && !known.includes(column))
      report(
        at,
        `${quote(column)}, which a ${scheme}: source does not have`,
        known.length === 0 ? 'no columns: leave it out' : oneOf(known, column, 'one of its columns'),
      );
  }
}

/** What is no column of any source is the schema's to refuse. */
function isColumn(name: unknown): name is RecordPart {
  return Object.values(COLUMNS).some((columns) => (columns as readonly unknown[]).includes(name));
}
