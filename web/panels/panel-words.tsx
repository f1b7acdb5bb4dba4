import { type JSX, onCleanup, onMount, Show } from 'solid-js';
import type { Panel } from '../../contract/spec/panel.ts';
import type { PanelPicture } from '../../contract/worker-api.ts';
import { CopyButton } from '../dialog/copy-button.tsx';
import { unfilteredWords } from '../variables/unfiltered-words.ts';
import { scrollable } from './scrollable.ts';
import type { Waiting } from './waiting-words.ts';
import { windowWords } from './window-words.ts';

/** How wide the windows of a chart are, and how exact: `5 s windows`, `± 1 %`. */
export function Badge(props: { panel: Panel; picture: PanelPicture | undefined }): JSX.Element {
  const words = () => {
    const picture = props.picture;
    if (!picture || picture.kind === 'error') return null;
    if ('relativeError' in picture && picture.relativeError > 0)
      return `± ${Number((picture.relativeError * 100).toPrecision(2))} %`;
    return picture.kind === 'series' ? windowWords(picture.windowSizeUs, picture.stepUs) : null;
  };
  return (
    <Show when={words()}>
      {(text) => (
        <span class="badge-room">
          <span class="badge">{text()}</span>
        </span>
      )}
    </Show>
  );
}

/** Filters a picture could not take: it shows all, and says so. */
export function Unfiltered(props: { picture: PanelPicture | undefined }): JSX.Element {
  const words = () => {
    const { picture } = props;
    return picture && picture.kind !== 'error' ? unfilteredWords(picture.unfiltered) : null;
  };
  return (
    <Show when={words()}>
      {(text) => (
        <span class="unfiltered-mark in-forms" title={`This panel is ${text()}: its window does not have it`}>
          <span class="form" aria-hidden="true">
            <span class="words" data-words="not filtered" />
          </span>
          <span class="form">
            <span class="words">{text()}</span>
          </span>
        </span>
      )}
    </Show>
  );
}

/** Why nothing is drawn, and what to do about it. */
export function Nothing(props: Waiting): JSX.Element {
  return (
    <div
      ref={(element) => onMount(() => onCleanup(scrollable(element)))}
      class="empty"
      title={[props.what, props.next].filter(Boolean).join(' ')}
    >
      <p>{props.what}</p>
      <Show when={props.next}>{(next) => <p class="next">{next()}</p>}</Show>
      <Show when={props.link}>{(link) => <a href={link().href}>{link().text}</a>}</Show>
    </div>
  );
}

/** A panel that cannot be drawn: what, what to do, and the text to copy. */
export function Problem(props: { message: string; fix: string }): JSX.Element {
  return (
    <div class="problem" role="alert" title={`${props.message} ${props.fix}`}>
      <p>{props.message}</p>
      <p class="fix">{props.fix}</p>
      <CopyButton class="" text={() => `${props.message}\n${props.fix}`} />
    </div>
  );
}
