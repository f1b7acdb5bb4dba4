import { open, readFile, rename, writeFile } from 'node:fs/promises';
import { systemClock as clock } from '../../contract/clock.ts';
import { createMqttSource } from '../../relay/sources/mqtt.ts';

/**
 * A process that keeps what an MQTT source gives, line by line in a file, as the relay's log does: written, synced, then
 * said to be kept. Made to be killed: `node keeping-reader.ts <url> <filter> <log> <memory>`.
 */
const [url = '', filter = '', logPath = '', memoryPath = ''] = process.argv.slice(2);
const SYNC_MS = 20;

const textOf = (path: string) =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
const save = async (text: string) => {
  await writeFile(`${memoryPath}.new`, text);
  await rename(`${memoryPath}.new`, memoryPath);
};

const source = createMqttSource({
  url,
  filter,
  epoch: 'none',
  clock,
  memory: { load: () => textOf(memoryPath), save },
});
const kept = (await textOf(logPath)) ?? '';
const whole = kept.slice(0, kept.lastIndexOf('\n') + 1);
const lines = whole.split('\n').slice(0, -1);
const log = await open(logPath, 'w');
// Cut at the first line that is not whole, as a log is.
await log.write(whole);
const epoch = lines[0]?.split(' ')[0];
const from = epoch === undefined ? 'latest' : { epoch, next: { 0: lines.length } };

let epochNow = '';
let next = lines.length;
let text = '';
const sync = async (): Promise<void> => {
  const [written, upTo] = [text, next];
  text = '';
  if (written !== '') {
    await log.write(written);
    await log.sync();
    source.committed?.({ 0: upTo });
  }
  clock.after(SYNC_MS, () => void sync());
};
void sync();
for await (const event of source.read(from, new AbortController().signal)) {
  if (event.kind === 'opened') epochNow = event.position.epoch;
  if (event.kind === 'state') process.stdout.write(`${event.state.state}\n`);
  if (event.kind === 'gap' || event.kind === 'reset') process.stdout.write(`${event.kind}: ${event.reason}\n`);
  if (event.kind !== 'records') continue;
  for (const { offset, value } of event.records)
    text += `${epochNow} ${offset} ${Buffer.from(value ?? []).toString()}\n`;
  next = event.nextOffset;
}
