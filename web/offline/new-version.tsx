import { createSignal, type JSX, Show } from 'solid-js';

/** Said calmly, and as often as it is true: the page goes on as it is until it is asked to be another. */
export function NewVersion(props: { is: boolean; onReload: () => Promise<void> }): JSX.Element {
  const [reloading, setReloading] = createSignal(false);
  const reload = () => {
    setReloading(true);
    void props.onReload();
  };
  return (
    <div class="new-version" role="status">
      <Show when={props.is}>
        <span>A new version is ready</span>
        <button type="button" disabled={reloading()} onClick={reload}>
          {reloading() ? 'Reloading…' : 'Reload'}
        </button>
      </Show>
    </div>
  );
}
