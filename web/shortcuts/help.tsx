import { createMemo, For, type JSX, Show } from 'solid-js';
import { keyWords, SHORTCUT_GROUPS, shortcuts } from './shortcuts.ts';

/** All shortcuts there are now, and the switch that turns those of single keys off. (WCAG 2.1.4) */
export function ShortcutHelp(): JSX.Element {
  const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
  const groups = createMemo(() =>
    SHORTCUT_GROUPS.map((group) => ({
      group,
      // Several parts may tell the same one.
      items: [...new Map(shortcuts.all().map((one) => [`${one.keys}`, one])).values()].filter(
        (one) => one.group === group,
      ),
    })).filter(({ items }) => items.length > 0),
  );
  return (
    <>
      <label class="shortcut-switch">
        <input
          type="checkbox"
          checked={shortcuts.on()}
          onChange={(event) => shortcuts.setOn(event.currentTarget.checked)}
        />
        Hear single keys. Switched off, only those with Ctrl or ⌘ are heard; this browser remembers it.
      </label>
      <div class="shortcut-groups">
        <For each={groups()}>
          {({ group, items }) => (
            <section>
              <h3>{group}</h3>
              <dl>
                <For each={items}>
                  {({ keys, label }) => (
                    <div>
                      <dt>{label}</dt>
                      <dd>
                        <For each={[keys].flat()}>
                          {(one, at) => (
                            <>
                              <Show when={at() > 0}> or </Show>
                              <For each={keyWords(one, isMac)}>{(key) => <kbd>{key}</kbd>}</For>
                            </>
                          )}
                        </For>
                      </dd>
                    </div>
                  )}
                </For>
              </dl>
            </section>
          )}
        </For>
      </div>
    </>
  );
}
