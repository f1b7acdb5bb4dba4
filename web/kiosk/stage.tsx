import { createMemo, For, type JSX } from 'solid-js';

export interface StageProps {
  readonly shown: string;
  /** Drawn behind it, unseen, so that it has its pictures once it is shown; null: none is. */
  readonly next: string | null;
  /** Draws the board of that name; `isShown` is false while it is the next. */
  readonly children: (name: string, isShown: () => boolean) => JSX.Element;
}

/** The board that is shown. A board is drawn once, from when it is prepared to when another has taken its place. */
export function Stage(props: StageProps): JSX.Element {
  const names = createMemo(() => [...new Set([props.shown, ...(props.next === null ? [] : [props.next])])]);
  return (
    <For each={names()}>
      {(name) => {
        const isShown = () => name === props.shown;
        return (
          <div class="stage" data-stage={isShown() ? 'shown' : 'next'} inert={!isShown()} aria-hidden={!isShown()}>
            {props.children(name, isShown)}
          </div>
        );
      }}
    </For>
  );
}
