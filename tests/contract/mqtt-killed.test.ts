import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connectAsync } from 'mqtt';
import { expect, onTestFinished, test } from 'vitest';
import { startChild } from '../support/child.ts';
import { startMosquitto } from '../support/mosquitto.ts';

const READER = resolve(import.meta.dirname, '../support/keeping-reader.ts');

/** What its file holds, whole lines only. */
async function linesOf(path: string): Promise<{ epoch: string; offset: number; value: number }[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [epoch = '', offset, value] = line.split(' ');
      return { epoch, offset: Number(offset), value: Number(value) };
    });
}

test.each([1, 2] as const)(
  'S8 a reader is killed again and again while messages of QoS %i come: none is missing, its offsets go on',
  async (qos) => {
    const broker = await startMosquitto();
    onTestFinished(() => broker.stop());
    const folder = await mkdtemp(join(tmpdir(), 'highwater-killed-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const log = join(folder, 'log');
    const start = () => startChild(process.execPath, [READER, broker.url, 'k/#', log, join(folder, 'memory')]);
    const live = (reader: ReturnType<typeof start>) =>
      expect.poll(() => reader.output(), { timeout: 20_000 }).toMatch(/live/);
    let reader = start();
    onTestFinished(() => reader.end('SIGKILL'));
    await live(reader);
    const client = await connectAsync(broker.url, { protocolVersion: 5 });
    onTestFinished(() => client.endAsync(true));

    let sent = 0;
    const stop = new AbortController();
    const publishing = (async () => {
      while (!stop.signal.aborted) {
        await Promise.all(Array.from({ length: 15 }, () => client.publishAsync('k/a', String(sent++), { qos })));
      }
    })();
    let outputs = '';
    for (let kills = 0; kills < 4; kills++) {
      const before = (await linesOf(log)).length;
      await expect.poll(async () => (await linesOf(log)).length, { timeout: 20_000 }).toBeGreaterThan(before + 200);
      await reader.end('SIGKILL');
      outputs += reader.output();
      reader = start();
      await live(reader);
    }
    stop.abort();
    await publishing;
    const distinct = async () => new Set((await linesOf(log)).map(({ value }) => value)).size;
    await expect.poll(distinct, { timeout: 20_000 }).toBe(sent);
    const lines = await linesOf(log);
    expect(lines.map(({ offset }) => offset)).toEqual(lines.map((_, index) => index));
    expect(new Set(lines.map(({ epoch }) => epoch)).size).toBe(1);
    expect(outputs + reader.output()).not.toMatch(/gap|reset|failed/);
    // Of QoS 1, what was kept and not yet answered for comes twice; of QoS 2, nothing does.
    if (qos === 2) expect(lines.map(({ value }) => value)).toEqual(Array.from({ length: sent }, (_, index) => index));
  },
);
