import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Child, listening, startChild } from './child.ts';
import { freePorts } from './ports.ts';
import { findMosquitto } from './tools.ts';

/** A real MQTT broker (mosquitto: MQTT 3.1.1 and 5) on a port of its own. */
export interface Mosquitto {
  readonly url: string;
  readonly port: number;
  /** With TLS, `mqtts://`; its files. */
  readonly tls: { readonly url: string; readonly files: TlsFiles } | null;
  stop(): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
  /** Again, on the same ports, with what it remembers: nothing, unless it is persistent. */
  start(): Promise<void>;
  /** kill -9, and again. */
  restart(): Promise<void>;
}

export interface MosquittoOptions {
  /** Every change is on disk a moment later. */
  readonly persistent?: boolean;
  /** Only they may connect; a password each. */
  readonly users?: Readonly<Record<string, string>>;
  /** A second listener, which asks for a client's certificate. */
  readonly tls?: boolean;
  /** Further lines of its configuration. */
  readonly settings?: readonly string[];
}

/** Paths of PEM files, all by one authority. */
export interface TlsFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const START_TIMEOUT_MS = 10_000;
const run = promisify(execFile);

export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const program = await findMosquitto();
  const folder = await mkdtemp(join(tmpdir(), 'highwater-mosquitto-'));
  const [port = 0, tlsPort = 0] = await freePorts(2);
  const config = join(folder, 'mosquitto.conf');
  const files = options.tls ? await makeTlsFiles(folder) : null;
  const passwords = join(folder, 'passwords');
  if (options.users) {
    await writeFile(passwords, '', { mode: 0o600 });
    for (const [user, password] of Object.entries(options.users))
      await run('mosquitto_passwd', ['-b', passwords, user, password]);
  }
  const lines = [
    // Started as root, it would read and write as another user.
    `user ${userInfo().username}`,
    // Its default keeps 1,000 messages per reader and drops the rest; here none may be lost.
    'max_queued_messages 0',
    ...(options.persistent
      ? ['persistence true', `persistence_location ${folder}/`, 'autosave_on_changes true', 'autosave_interval 1']
      : ['persistence false']),
    options.users ? `password_file ${passwords}\nallow_anonymous false` : 'allow_anonymous true',
    ...(options.settings ?? []),
    `listener ${port} 127.0.0.1`,
    ...(files
      ? [
          `listener ${tlsPort} 127.0.0.1`,
          `cafile ${files.ca}\ncertfile ${files.cert}\nkeyfile ${files.key}\nrequire_certificate true`,
        ]
      : []),
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  let child: Child | null = null;
  const start = async () => {
    child = startChild(program, ['-c', config]);
    await listening(child, port, START_TIMEOUT_MS);
  };
  const kill = async () => {
    await child?.end('SIGKILL');
    child = null;
  };
  await start();
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    tls: files && { url: `mqtts://localhost:${tlsPort}`, files },
    kill,
    start,
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
    async restart() {
      await kill();
      await start();
    },
  };
}

/** An authority, and a certificate by it for localhost that serves both ends. */
async function makeTlsFiles(folder: string): Promise<TlsFiles> {
  const file = (name: string) => join(folder, name);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await run('openssl', [
    'req',
    '-x509',
    ...key,
    '-keyout',
    file('ca.key'),
    '-out',
    file('ca.pem'),
    '-subj',
    '/CN=test authority',
  ]);
  await run('openssl', [
    'req',
    ...key,
    '-keyout',
    file('key.pem'),
    '-out',
    file('request.pem'),
    '-subj',
    '/CN=localhost',
  ]);
  await writeFile(file('names'), 'subjectAltName=DNS:localhost');
  await run('openssl', [
    ...['x509', '-req', '-in', file('request.pem'), '-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial'],
    ...['-days', '2', '-extfile', file('names'), '-out', file('cert.pem')],
  ]);
  return { ca: file('ca.pem'), cert: file('cert.pem'), key: file('key.pem') };
}
