import { ErrorBoundary, type JSX, Suspense } from 'solid-js';
import { sentence } from '../board/sentence.ts';
import { Problem } from '../panels/panel-words.tsx';

/**
 * Around what is loaded when it is first looked at. Its script may not come, for the relay is away or serves another
 * build by now: then this part says so, and the page beside it goes on.
 */
export function Loaded(props: { children: JSX.Element }): JSX.Element {
  return (
    <ErrorBoundary
      fallback={(error: unknown) => {
        reportError(error);
        return <Problem {...problemOf(error)} />;
      }}
    >
      <Suspense fallback={<p role="status">Loading…</p>}>{props.children}</Suspense>
    </ErrorBoundary>
  );
}

function problemOf(error: unknown): { message: string; fix: string } {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    message: `This part of the page could not be shown: ${sentence(reason)}`,
    fix: 'Reload the page once what serves it is reached.',
  };
}
