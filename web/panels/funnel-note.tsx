import { type JSX, Show } from 'solid-js';
import { formatValue } from '../format.ts';
import { keyText } from './choice.ts';
import type { Funnel } from './funnel.ts';

/** What of the first step reaches the last, and where most is lost. */
export function FunnelNote(props: { readonly funnel: Funnel; readonly narrow: boolean }): JSX.Element {
  return (
    <p class="funnel-note" classList={{ narrow: props.narrow }}>
      <span>
        {keyText(props.funnel.first)} → {keyText(props.funnel.last)} <b>{partText(props.funnel.kept)}</b>
      </span>
      <Show when={props.funnel.worst}>
        {(worst) => (
          <span>
            biggest loss {keyText(worst().from)} → {keyText(worst().to)} <b class="loss">{partText(worst().lost)}</b>
          </span>
        )}
      </Show>
    </p>
  );
}

/** A part of a whole: percent, with a decimal where it is small. */
export function partText(part: number): string {
  return formatValue(part, { unit: 'percentunit', decimals: part >= 0.1 ? 0 : 1 }).text;
}
