import './node-globals.ts';
import { config } from 'zod';
import { systemClock } from '../../contract/clock.ts';
import type { InTabMessage } from '../../contract/in-tab.ts';
import { type Asked, answerTo } from './answer.ts';
import { startTabRelay, type TabRelay } from './tab-relay.ts';

/** The relay as a Web Worker of the tab. */

// The page's content security policy forbids making code from text, and trying to would be reported as an error.
config({ jitless: true });

let relay: TabRelay | null = null;

self.onmessage = ({ data }: MessageEvent<InTabMessage>) => {
  if (data.kind === 'files')
    relay = startTabRelay({
      files: data.files,
      speed: data.speed,
      clock: systemClock,
      run: crypto.randomUUID(),
      onFailure: (error) => self.reportError(error),
    });
  else if (data.kind === 'letters' || data.kind === 'letter-lines') tell(data);
  else
    data.port.onmessage = ({ ports }) => {
      for (const port of ports) relay?.connect(port);
    };
};

function tell(asked: Asked): void {
  void answerTo(asked, relay).then((answer) => asked.port.postMessage(answer));
}
