import './node-globals.ts';
import { config } from 'zod';
import { systemClock } from '../../contract/clock.ts';
import type { InTabAnswer, InTabMessage } from '../../contract/in-tab.ts';
import { type Asked, answerTo } from './answer.ts';
import { streamsOfFiles } from './files.ts';
import { startTabRelay, type TabRelay } from './tab-relay.ts';

/** The relay as a Web Worker of the tab. */

// The page's content security policy forbids making code from text, and trying to would be reported as an error.
config({ jitless: true });

type Given = Extract<InTabMessage, { kind: 'files' | 'demo' }>;

/** Null until something was given. */
let relay: Promise<TabRelay> | null = null;

self.onmessage = ({ data }: MessageEvent<InTabMessage>) => {
  if (data.kind === 'files' || data.kind === 'demo') {
    relay = open(data);
    relay.catch((error: unknown) => self.reportError(error));
  } else if (data.kind === 'letters' || data.kind === 'letter-lines') tell(data);
  else
    data.port.onmessage = ({ ports }) => {
      for (const port of ports)
        void relay?.then(
          (opened) => opened.connect(port),
          () => port.close(),
        );
    };
};

async function open(given: Given): Promise<TabRelay> {
  const run = newRun();
  const common = { clock: systemClock, run, onFailure: (error: unknown) => self.reportError(error) };
  if (given.kind === 'files')
    return startTabRelay({
      ...common,
      streams: streamsOfFiles(given.files, given.speed, systemClock),
      boards: null,
    });
  // Only a demo needs what reads board files.
  const { openDemo } = await import('./demo.ts');
  const demo = await openDemo(given.name, {
    rate: given.rate,
    clock: systemClock,
    run,
    seed: crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
    utcOffsetMs: -new Date().getTimezoneOffset() * 60_000,
  });
  return startTabRelay({ ...common, ...demo });
}

/** Of no other run. Pages that came over plain http have no `randomUUID`. */
function newRun(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(16).padStart(8, '0')).join('');
}

function tell(asked: Asked): void {
  const answered = relay === null ? answerTo(asked, null) : relay.then((opened) => answerTo(asked, opened), failed);
  void answered.then((answer) => asked.port.postMessage(answer));
}

function failed(error: unknown): InTabAnswer<never> {
  return { failed: error instanceof Error ? error.message : String(error) };
}
