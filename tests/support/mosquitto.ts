import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, listening, startChild } from './child.ts';
import { freePorts } from './ports.ts';
import { findMosquitto } from './tools.ts';

/** A real MQTT broker (mosquitto: MQTT 3.1.1 and 5) on a port of its own. */
export interface Mosquitto {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
  /** Again, on the same port, with nothing remembered. */
  restart(): Promise<void>;
}

const START_TIMEOUT_MS = 10_000;

export async function startMosquitto(): Promise<Mosquitto> {
  const program = await findMosquitto();
  const folder = await mkdtemp(join(tmpdir(), 'highwater-mosquitto-'));
  const [port = 0] = await freePorts(1);
  const config = join(folder, 'mosquitto.conf');
  // Its default keeps 1,000 messages per reader and drops the rest; here none may be lost.
  await writeFile(
    config,
    `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_queued_messages 0\n`,
  );
  let child: Child | null = null;
  const start = async () => {
    child = startChild(program, ['-c', config]);
    await listening(child, port, START_TIMEOUT_MS);
  };
  const end = async () => {
    await child?.end('SIGKILL');
    child = null;
  };
  await start();
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    async stop() {
      await end();
      await rm(folder, { recursive: true, force: true });
    },
    async restart() {
      await end();
      await start();
    },
  };
}
