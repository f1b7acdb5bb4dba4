import { createMemo, createSignal, Index, type JSX, on, Show } from 'solid-js';
import type { HistogramPanel } from '../../contract/spec/panel.ts';
import { formatTick, formatValue } from '../format.ts';
import { isAdditive } from './additive.ts';
import { axisBetween, axisOf } from './axis-of.ts';
import { useBoard } from './board-context.ts';
import { partText } from './funnel-note.tsx';
import { type Bin, binsOf, medianOf } from './histogram-bins.ts';
import type { KindProps } from './kind-props.ts';

/** Least width of a bar with its gap, CSS pixels. */
const BAR_PX = 5;
/** Share of the plot's width or height the labels beside it take, in rem. */
const LEFT_REM = 2.75;
const BELOW_REM = 1.25;
const NOTE_REM = 1.375;

/** How values are spread: a bar per bucket, marks worth knowing, and about where the middle lies. */
export function Histogram(props: KindProps<HistogramPanel, 'fold'>): JSX.Element {
  const board = useBoard();
  const rem = () => 16 * board.ink().scale;
  const additive = createMemo(() => isAdditive(props.panel.value, board.windows()[props.panel.window]));
  const width = () => Math.max(10, props.room.width - (LEFT_REM + 1.25) * rem());
  const height = () => Math.max(10, props.room.height - (BELOW_REM + NOTE_REM + 0.5) * rem());
  const bins = createMemo(() => binsOf(props.picture.rows, Math.floor(width() / BAR_PX), additive()));
  const median = createMemo(() => {
    const now = bins();
    return now && additive() ? medianOf(now) : null;
  });
  const xAxis = createMemo(() => {
    const now = bins();
    const marks = props.panel.marks?.map(({ at }) => at) ?? [];
    const from = Math.min(now?.fromValue ?? 0, ...marks);
    const to = Math.max(now?.toValue ?? 1, ...marks);
    return axisBetween(from, to, props.panel.unit, Math.min(7, Math.max(2, width() / (4.5 * rem()))));
  });
  const yAxis = createMemo(() => axisOf(0, bins()?.largest ?? 1, undefined, true));
  const x = (value: number) => ((value - xAxis().min) / (xAxis().max - xAxis().min || 1)) * width();
  const y = (value: number) => height() * (1 - value / (yAxis().max || 1));
  const path = createMemo(() => {
    const gap = Math.min(1.5, width() / 400);
    return (bins()?.bins ?? [])
      .filter(({ value }) => value > 0)
      .map(({ from, to, value }) => {
        const [left, right] = [x(from) + gap / 2, x(to) - gap / 2];
        return `M${left.toFixed(1)} ${height().toFixed(1)}V${Math.min(height() - 1, y(value)).toFixed(1)}H${Math.max(left + 0.5, right).toFixed(1)}V${height().toFixed(1)}Z`;
      })
      .join('');
  });
  const text = (value: number) => formatValue(value, { unit: props.panel.unit, decimals: props.panel.decimals }).text;
  const edge = (value: number, { from, to }: Bin) =>
    formatTick(value, to - from, { unit: props.panel.unit, largest: xAxis().max });
  const [at, setAt] = createSignal<number | null>(null);
  /** Read aloud: what was moved to, never what comes by itself. */
  const [said, setSaid] = createSignal('');
  const pointed = createMemo(() => {
    const all = bins()?.bins ?? [];
    const index = at();
    return index === null ? null : (all[Math.min(index, all.length - 1)] ?? null);
  });
  const words = (bin: Bin) => {
    const part = additive() && bins() ? ` · ${partText(bin.value / (bins()?.total || 1))}` : '';
    return `${edge(bin.from, bin)} – ${edge(bin.to, bin)}: ${formatValue(bin.value).text}${part}`;
  };
  const rest = () => {
    const now = bins();
    const found = median();
    const { keys } = props.picture.rest;
    return [
      additive() && now ? `${formatValue(now.total).text} in all` : null,
      found === null ? null : `median ≈ ${text(found)}, from the buckets`,
      now && now.unnumbered > 0 ? `${now.unnumbered} groups without a number` : null,
      keys > 0 ? `+ ${keys} more buckets` : null,
    ]
      .filter(Boolean)
      .join(' · ');
  };
  const label = createMemo(on([board.nowMs, () => props.state], () => `${props.panel.title}. ${rest()}`));
  const seek = (event: PointerEvent & { currentTarget: SVGSVGElement }) => {
    const box = event.currentTarget.getBoundingClientRect();
    const value = xAxis().min + ((event.clientX - box.left) / box.width) * (xAxis().max - xAxis().min);
    const index = (bins()?.bins ?? []).findIndex(({ from, to }) => value >= from && value < to);
    setAt(index < 0 ? null : index);
  };
  const keys = (event: KeyboardEvent) => {
    const last = (bins()?.bins.length ?? 0) - 1;
    const now = at();
    const next = {
      ArrowRight: Math.min(last, (now ?? -1) + 1),
      ArrowLeft: Math.max(0, (now ?? last + 1) - 1),
      Home: 0,
      End: last,
      Escape: null,
    }[event.key];
    // Where nothing is pointed at, Escape is the page's.
    if (next === undefined || (next === null && now === null)) return;
    event.preventDefault();
    setAt(next);
    const bin = pointed();
    setSaid(bin === null ? '' : words(bin));
  };
  const listen = (svg: SVGSVGElement) => {
    svg.addEventListener('pointermove', (event) => seek(event as PointerEvent & { currentTarget: SVGSVGElement }));
    svg.addEventListener('pointerleave', () => setAt(null));
    svg.addEventListener('keydown', keys);
    svg.addEventListener('blur', () => setAt(null));
  };
  return (
    <div class="plot-box" style={{ '--left': `${LEFT_REM}rem`, '--below': `${BELOW_REM}rem` }}>
      <svg
        ref={listen}
        class="histogram"
        role="img"
        tabindex="0"
        aria-label={label()}
        width={width()}
        height={height()}
      >
        <Index each={yAxis().ticks}>
          {(tick) => <line class="grid" x1="0" x2={width()} y1={y(tick().at)} y2={y(tick().at)} />}
        </Index>
        <path class="bins" d={path()} />
        <Show when={pointed()}>
          {(bin) => (
            <rect
              class="pointed"
              x={x(bin().from)}
              width={Math.max(1, x(bin().to) - x(bin().from))}
              y="0"
              height={height()}
            />
          )}
        </Show>
        <Show when={median() !== null}>
          <line class="median" x1={x(median() ?? 0)} x2={x(median() ?? 0)} y1="0" y2={height()} />
        </Show>
        <Index each={props.panel.marks ?? []}>
          {(mark) => (
            <g class="limit-mark">
              <line x1={x(mark().at)} x2={x(mark().at)} y1="0" y2={height()} />
              <text
                x={x(mark().at)}
                dx={x(mark().at) > width() * 0.75 ? -5 : 5}
                y={0.85 * rem()}
                text-anchor={x(mark().at) > width() * 0.75 ? 'end' : 'start'}
              >
                {mark().title}
              </text>
            </g>
          )}
        </Index>
      </svg>
      <Index each={yAxis().ticks}>
        {(tick) => (
          <span class="y-tick" style={{ top: `${y(tick().at)}px` }}>
            {tick().text}
          </span>
        )}
      </Index>
      <Index each={xAxis().ticks}>
        {(tick) => (
          <span class="x-tick" style={{ left: `calc(var(--left) + ${x(tick().at)}px)`, top: `${height()}px` }}>
            {tick().text}
          </span>
        )}
      </Index>
      <p class="sr-only" role="status">
        {said()}
      </p>
      <p class="panel-note" title={rest()}>
        <Show when={pointed()} fallback={rest()}>
          {(bin) => <b>{words(bin())}</b>}
        </Show>
      </p>
    </div>
  );
}
