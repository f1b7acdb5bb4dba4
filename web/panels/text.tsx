import { createEffect, createSignal, type JSX, Show, untrack } from 'solid-js';
import type { TextPanel } from '../../contract/spec/panel.ts';
import { sentence } from '../board/sentence.ts';
import type { Failure } from '../data/failure.ts';
import { Problem } from './panel-words.tsx';

const NOT_LOADED: Failure = {
  message: 'What shows text could not be loaded.',
  fix: 'Reload the page once what serves it is reached.',
};

function unreadable(error: unknown): Failure {
  const reason = error instanceof Error ? error.message : String(error);
  return { message: `This text could not be shown: ${sentence(reason)}`, fix: 'Change the text of the panel.' };
}

/** Words: what turns Markdown to HTML is loaded when the first panel of words is shown. */
export function TextPicture(props: { panel: TextPanel }): JSX.Element {
  const [html, setHtml] = createSignal('');
  const [failed, setFailed] = createSignal<Failure | null>(null);
  createEffect(() => {
    const { text } = props.panel;
    const isNow = () => untrack(() => props.panel.text) === text;
    import('./markdown.ts').then(
      ({ markdownHtml }) => {
        if (!isNow()) return;
        try {
          setHtml(markdownHtml(text));
          setFailed(null);
        } catch (error) {
          setFailed(unreadable(error));
        }
      },
      () => isNow() && setFailed(NOT_LOADED),
    );
  });
  return (
    <Show when={failed()} fallback={<div class="prose" innerHTML={html()} />}>
      {(problem) => <Problem {...problem()} />}
    </Show>
  );
}
