import { type JSX, Show } from 'solid-js';

/** The mark and the few glyphs of the bar; all decorative, the words are beside them or in aria-label. */
export function Mark(): JSX.Element {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="var(--accent)" />
      <path
        d="M5.5 20.5c2.6 0 2.6-4.5 5.25-4.5s2.6 4.5 5.25 4.5 2.6-4.5 5.25-4.5 2.6 4.5 5.25 4.5"
        fill="none"
        stroke="var(--surface)"
        stroke-width="3.2"
        stroke-linecap="round"
      />
      <path
        d="M6 9.5h1.5M12.2 9.5h1.5M18.4 9.5h1.5M24.5 9.5H26"
        stroke="var(--surface)"
        stroke-width="2.8"
        stroke-linecap="round"
      />
    </svg>
  );
}

export function Caret(): JSX.Element {
  return (
    <svg class="caret" viewBox="0 0 10 10" aria-hidden="true">
      <path d="M1 3h8L5 8z" fill="currentColor" />
    </svg>
  );
}

export function PauseGlyph(): JSX.Element {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <path d="M4.5 3v10M11.5 3v10" stroke="currentColor" stroke-width="3" />
    </svg>
  );
}

/** Lit only while the newest events really come. */
export function DotGlyph(props: { lit: boolean }): JSX.Element {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <Show
        when={props.lit}
        fallback={<circle cx="8" cy="8" r="4" fill="none" stroke="var(--stale)" stroke-width="2" />}
      >
        <circle cx="8" cy="8" r="7" fill="var(--live)" opacity=".22" />
        <circle cx="8" cy="8" r="4" fill="var(--live)" />
      </Show>
    </svg>
  );
}

export function ThemeGlyph(): JSX.Element {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="1.5" />
      <path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" />
    </svg>
  );
}
