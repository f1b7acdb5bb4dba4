import { createEffect, createSignal, type JSX, Show } from 'solid-js';
import type { TextPanel } from '../../contract/spec/panel.ts';
import { Problem } from './panel-words.tsx';

/** Words: what turns Markdown to HTML is loaded when the first panel of words is shown. */
export function TextPicture(props: { panel: TextPanel }): JSX.Element {
  const [html, setHtml] = createSignal('');
  const [failed, setFailed] = createSignal(false);
  createEffect(() => {
    const { text } = props.panel;
    void import('./markdown.ts').then(
      ({ markdownHtml }) => {
        if (props.panel.text === text) setHtml(markdownHtml(text));
      },
      () => setFailed(true),
    );
  });
  return (
    <Show
      when={!failed()}
      fallback={
        <Problem message="What shows text could not be loaded." fix="Reload the page once the relay is reached." />
      }
    >
      <div class="prose" innerHTML={html()} />
    </Show>
  );
}
