import { HighwaterError } from '../../contract/errors.ts';
import type { Config } from '../../contract/spec/config.ts';
import { oneOf } from '../../contract/spec/nearest.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';

/** What is to run of a configuration, and over which inputs. */
export interface Selection {
  /** The windows whose rows are printed. */
  readonly printed: readonly string[];
  /** The stream each of them is over, with or without windows between. */
  readonly streamOf: ReadonlyMap<string, string>;
  /** Those, and the windows they are over. */
  readonly windows: Readonly<Record<string, WindowSpec>>;
  /** Stream → path, `-` for standard input; null: it has none. */
  readonly inputs: ReadonlyMap<string, string | null>;
  /** Windows that are left out, for their stream has no input. */
  readonly leftOut: readonly string[];
}

export interface Wanted {
  /** null: all. */
  readonly window: string | null;
  /** `path`, or `stream=path`. */
  readonly inputs: readonly string[];
  /** What is read where nothing is named; null: nothing. */
  readonly defaultInput: string | null;
  /** false: streams may do without, and show what they declare. */
  readonly needed: boolean;
}

/** Throws `config_invalid` when names or inputs do not fit the configuration. */
export function select({ streams, windows }: Config, wanted: Wanted): Selection {
  const names = Object.keys(windows);
  if (names.length === 0)
    throw usage(
      'the configuration has no windows',
      'add one under windows:, such as w: { from: …, window: tumble(1m) }',
    );
  if (wanted.window !== null && !Object.hasOwn(windows, wanted.window))
    throw usage(
      `--window: found ${JSON.stringify(wanted.window)}, expected ${oneOf(names, wanted.window, 'a window')}`,
      'name a window of the configuration, or none for all',
    );
  const chosen = wanted.window === null ? names : [wanted.window];
  const chains = new Map(chosen.map((name) => [name, chainOf(name, windows)] as const));
  const roots = [...new Set([...chains.values()].map(({ stream }) => stream))];
  const inputs = inputsOf(wanted, roots, Object.keys(streams));
  if (!wanted.needed) for (const root of roots) if (!inputs.has(root)) inputs.set(root, null);
  const printed = chosen.filter((name) => inputs.has(chains.get(name)?.stream ?? ''));
  if (printed.length === 0)
    throw usage(
      `no input for ${roots.join(', ')}`,
      roots.map((root) => `add --input ${roots.length === 1 ? '' : `${root}=`}events.jsonl`).join(' '),
    );
  const needed = new Set(printed.flatMap((name) => chains.get(name)?.windows ?? []));
  return {
    printed,
    streamOf: new Map([...chains].map(([name, { stream }]) => [name, stream] as const)),
    windows: Object.fromEntries(Object.entries(windows).filter(([name]) => needed.has(name))),
    inputs,
    leftOut: chosen.filter((name) => !printed.includes(name)),
  };
}

/** The stream a window is over, and the windows between, itself included. */
function chainOf(name: string, windows: Readonly<Record<string, WindowSpec>>): { stream: string; windows: string[] } {
  const passed: string[] = [];
  let from = name;
  while (Object.hasOwn(windows, from) && !passed.includes(from)) {
    passed.push(from);
    from = windows[from]?.from ?? from;
  }
  return { stream: from, windows: passed };
}

function inputsOf(
  { inputs, defaultInput }: Wanted,
  roots: readonly string[],
  streams: readonly string[],
): Map<string, string | null> {
  const found = new Map<string, string | null>();
  const give = (stream: string, path: string): void => {
    if (found.has(stream)) throw usage(`--input: found two for ${stream}`, 'give each stream one');
    found.set(stream, path);
  };
  for (const text of inputs) {
    const cut = text.indexOf('=');
    const name = text.slice(0, Math.max(0, cut));
    if (streams.includes(name)) {
      if (!roots.includes(name))
        throw usage(`--input ${text} would have no effect: no window here is over ${name}`, 'leave it out');
      give(name, text.slice(cut + 1));
    } else give(only(roots, text), text);
  }
  if (inputs.length > 0) return found;
  if (defaultInput !== null && roots.length === 1) for (const root of roots) found.set(root, defaultInput);
  return found;
}

function only(roots: readonly string[], text: string): string {
  const [root] = roots;
  if (root !== undefined && roots.length === 1) return root;
  throw usage(
    `--input ${text} could be for ${roots.join(' or ')}`,
    `say which: ${roots.map((name) => `--input ${name}=${text}`).join(' or ')}; or choose one window with --window`,
  );
}

function usage(message: string, fix: string): HighwaterError {
  return new HighwaterError('config_invalid', message, fix);
}
