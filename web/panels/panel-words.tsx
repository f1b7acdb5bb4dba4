import { createSignal, type JSX, Show } from 'solid-js';
import { formatDurationUs } from '../../contract/spec/duration.ts';
import type { Panel } from '../../contract/spec/panel.ts';
import { sourceStream } from '../../contract/spec/source-stream.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import type { PanelPicture } from '../../contract/worker-api.ts';

/** How wide the windows of a chart are, and how exact: `5 s windows`, `± 1 %`. */
export function Badge(props: { panel: Panel; picture: PanelPicture | undefined }): JSX.Element {
  const words = () => {
    const picture = props.picture;
    if (!picture || picture.kind === 'error' || picture.kind === 'rows') return null;
    if (picture.relativeError > 0) return `± ${Number((picture.relativeError * 100).toPrecision(2))} %`;
    return picture.kind === 'series' ? windowWords(picture.windowSizeUs, picture.stepUs) : null;
  };
  return <Show when={words()}>{(text) => <span class="badge">{text()}</span>}</Show>;
}

/** `5 s`, `1 min`, `1 h` */
export function durationWords(us: number): string {
  return formatDurationUs(us).replace(/([a-z]+)$/, (unit) => ` ${unit === 'm' ? 'min' : unit}`);
}

/** `5 s windows`, `5 min windows every 1 min`; sessions and all of time have no length of their own. */
function windowWords(sizeUs: number, stepUs: number): string | null {
  if (sizeUs === 0) return stepUs === 0 ? 'sessions' : null;
  return `${durationWords(sizeUs)} windows${stepUs === sizeUs ? '' : ` every ${durationWords(stepUs)}`}`;
}

/** What a number over the newest window covers. */
export function newestWords(sizeUs: number): string {
  if (!Number.isFinite(sizeUs)) return 'all events';
  return sizeUs === 0 ? 'open now' : `newest ${durationWords(sizeUs)}`;
}

/** What will stand here, once there are records. */
export function emptyWords(panel: Panel, windows: Readonly<Record<string, WindowSpec>>): string {
  const stream = panel.kind === 'table' ? panel.stream : (sourceStream(panel.window, windows) ?? panel.window);
  switch (panel.kind) {
    case 'timeseries':
      return `${panel.title}: drawn here as records of ${stream} arrive.`;
    case 'stat':
      return `Waiting for ${stream}`;
    case 'barlist':
      return `One bar per ${panel.label}, as records of ${stream} arrive.`;
    case 'table':
      return `The latest records of ${stream} are listed here as they arrive.`;
  }
}

/** A panel that cannot be drawn: what, what to do, and the text to copy. */
export function Problem(props: { message: string; fix: string }): JSX.Element {
  const [copied, setCopied] = createSignal(false);
  const copy = () =>
    navigator.clipboard.writeText(`${props.message}\n${props.fix}`).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <div class="problem" role="alert">
      <p>{props.message}</p>
      <p class="fix">{props.fix}</p>
      <button type="button" onClick={copy}>
        {copied() ? 'Copied' : 'Copy'}
      </button>
    </div>
  );
}
