import {
  type Component,
  createEffect,
  createMemo,
  createSignal,
  type JSX,
  on,
  onCleanup,
  onMount,
  Show,
  untrack,
} from 'solid-js';
import { Dynamic } from 'solid-js/web';
import { useBoard } from '../panels/board-context.ts';
import { type CursorKey, cursorKey } from './cursor-keys.ts';
import { type Keyed, moved } from './cursor-moves.ts';
import { centredOn, type Extent, toRangeUs, zoomAround } from './extent.ts';
import { createHands } from './hands.ts';
import { createHost, type Host, moveCursor, show } from './host.ts';
import { Marks, type PlotBox } from './marks.tsx';
import { paintMarks } from './paint-ground.ts';
import { createRest } from './rest.ts';
import { type Cursor, nearest, rowAt, type Scene } from './scene.ts';

export interface ChartProps {
  readonly scene: Scene;
  /** What the picture shows, for who does not see it; told anew every second, and when the state's word changes. */
  readonly summary: string;
  readonly state: string;
  /** The stretch of a row that the cursor is on, for a frame around it. */
  readonly cell?: (cursor: Cursor) => Cell | null;
  /** What stands beside the cursor. */
  readonly tooltip: Component<{ readonly cursor: Cursor }>;
  /** What is at the cursor, in words. */
  readonly say: (cursor: Cursor) => string;
  /** Null: the cursor has left. */
  readonly onCursor?: (cursor: Cursor | null) => void;
}

export interface Cell extends Extent {
  /** From the top. */
  readonly row: number;
}

/**
 * A picture over time with axes, one crosshair for the whole board, zoom for the whole board, and a keyboard:
 *
 *     drag          zoom in            ← →  Home End   move the cursor        Enter   zoom in around it
 *     shift + drag  pan                ↑ ↓             between rows           0       back
 *     ctrl + wheel  zoom, pan          + −             zoom                   Escape  leave, then back
 *     double-click  back
 */
export function Chart(props: ChartProps): JSX.Element {
  const board = useBoard();
  let image: HTMLDivElement | undefined;
  /** uPlot's alone: what Solid puts beside it comes and goes. */
  let inner: HTMLDivElement | undefined;
  const [cursor, setCursor] = createSignal<Cursor | null>(null, { equals: sameCursor });
  const [size, setSize] = createSignal({ width: 0, height: 0 });
  const [host, setHost] = createSignal<Host>();
  const [box, setBox] = createSignal<PlotBox>({ left: 0, width: 0, top: 0, height: 0 }, { equals: sameBox });
  const [said, setSaid] = createSignal('');
  /** Where the keyboard's cursor stands; null: it has none. */
  let keyed: Keyed | null = null;
  const rest = createRest(board.frames);
  onCleanup(() => rest.cancel());
  const zoom = (range: Extent | null) => board.zoom(range && toRangeUs(range));
  const hands = createHands({
    frames: board.frames,
    extent: () => props.scene.extent,
    width: () => box().width,
    onLetGo: zoom,
  });
  const extent = () => hands.held() ?? props.scene.extent;

  onMount(() => {
    if (!image) return;
    const observer = new ResizeObserver(([entry]) => {
      const room = entry?.contentRect;
      if (!room || room.width < 40 || room.height < 40) return;
      setSize({ width: Math.floor(room.width), height: Math.floor(room.height) });
    });
    observer.observe(image);
    onCleanup(() => observer.disconnect());
    const turn = (event: WheelEvent) => {
      const made = host();
      if (!made || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      hands.turn(event, made.posToVal(event.clientX - made.over.getBoundingClientRect().left, 'x'));
    };
    image.addEventListener('wheel', turn, { passive: false });
  });

  const isLaidOut = createMemo(() => size().width > 0);
  const hasRight = createMemo(() => props.scene.right !== null);
  createEffect(
    on([board.ink, isLaidOut, hasRight], ([ink]) => {
      if (!inner || !isLaidOut()) return;
      const made = createHost({
        element: inner,
        size: untrack(size),
        ink,
        scene: () => untrack(() => props.scene),
        extent: () => untrack(extent),
        zone: () => untrack(board.zone),
        paint: (canvas) =>
          untrack(() => {
            paintMarks(canvas, board.annotations(), ink);
            props.scene.paint(canvas, ink);
            const ratio = devicePixelRatio;
            setBox({
              left: canvas.left / ratio,
              width: canvas.width / ratio,
              top: canvas.top / ratio,
              height: canvas.height / ratio,
            });
          }),
        onCursor: (self) => untrack(() => follow(self)),
        onSelect: zoom,
        onReset: () => zoom(null),
        onGrab: hands.grab,
      });
      setHost(made);
      onCleanup(() => {
        made.destroy();
        setCursor(null);
      });
    }),
  );
  createEffect(() => {
    const { width, height } = size();
    const made = host();
    if (made && (made.width !== width || made.height !== height)) made.setSize({ width, height });
  });
  createEffect(() => {
    const { scene } = props;
    const range = extent();
    const made = host();
    board.annotations();
    if (!made) return;
    show(made, scene, range);
    untrack(() => {
      if (keyed) place(made, keyed);
      else if (cursor()) follow(made);
    });
  });
  createEffect(() => props.onCursor?.(cursor()));

  const follow = (self: Host) => {
    const { left, top } = self.cursor;
    if (left === undefined || left < 0 || left > box().width + 1) return void setCursor(null);
    const { scene } = props;
    const seconds = self.posToVal(left, 'x');
    const index = nearest(scene.stops, seconds);
    if (index < 0) return void setCursor(null);
    const hovered = self.over.matches(':hover');
    const row = scene.rows > 0 ? (keyed?.row ?? rowAt(self.posToVal(top ?? 0, 'y'), scene.rows)) : 0;
    const here = hovered || keyed !== null;
    const x = self.bbox.left / devicePixelRatio + left;
    setCursor({ index, seconds: keyed?.seconds ?? seconds, row, x, y: here ? (top ?? 0) : 0, here });
  };

  const place = (made: Host, at: Keyed) => {
    const { rows } = props.scene;
    const top = rows > 0 ? made.valToPos(rows - at.row - 0.5, 'y') : made.over.clientHeight / 2;
    moveCursor(made, made.valToPos(at.seconds, 'x'), top);
  };

  const leave = () => {
    if (keyed === null) return;
    keyed = null;
    rest.cancel();
    setSaid('');
    const made = host();
    if (made) moveCursor(made, -10, -10);
  };

  const press = (event: KeyboardEvent) => {
    const made = host();
    const asked = made && cursorKey(event);
    if (!asked) return;
    const now = cursor();
    const done = act(asked, made, keyed ?? (now?.here ? { seconds: now.seconds, row: now.row } : null));
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
  };

  const act = (asked: CursorKey, made: Host, at: Keyed | null): boolean => {
    const { scene } = props;
    switch (asked.do) {
      case 'step':
      case 'row':
      case 'end': {
        if (asked.do === 'row' && scene.rows === 0) return false;
        keyed = scene.stops.length === 0 ? null : moved(scene, extent(), at, asked);
        if (!keyed) return false;
        place(made, keyed);
        rest.after(() => {
          const there = cursor();
          if (there && keyed) setSaid(props.say(there));
        });
        return true;
      }
      case 'zoom':
        if (asked.around && !at) return false;
        zoom(at ? centredOn(extent(), at.seconds, asked.factor) : zoomAround(extent(), middle(extent()), asked.factor));
        return true;
      case 'reset':
        zoom(null);
        return true;
      case 'leave': {
        const zoomed = typeof board.view().until === 'number';
        if (keyed) leave();
        else if (zoomed) zoom(null);
        else return false;
        return true;
      }
    }
  };

  const label = createMemo(on([board.nowMs, () => props.state], () => props.summary));
  const framed = createMemo(() => {
    const at = cursor();
    const cell = at?.here && props.cell?.(at);
    if (!cell) return null;
    const { left, top, width, height } = box();
    const { fromS, toS } = extent();
    const place = (seconds: number) =>
      left + (Math.min(toS, Math.max(fromS, seconds)) - fromS) * (width / (toS - fromS));
    const [from, until] = [place(cell.fromS), place(cell.toS)];
    const tall = height / Math.max(1, props.scene.rows);
    return {
      transform: `translate(${Math.round(from)}px, ${Math.round(top + cell.row * tall)}px)`,
      width: `${Math.max(2, Math.round(until - from))}px`,
      height: `${Math.round(tall)}px`,
    };
  });

  return (
    <div class="chart-frame">
      <div
        class="chart"
        role="img"
        aria-roledescription="chart"
        aria-label={label()}
        tabindex="0"
        ref={image}
        onKeyDown={press}
        onBlur={leave}
        onPointerMove={() => {
          if (keyed) leave();
        }}
      >
        <div ref={inner} />
        <Show when={framed()}>{(style) => <div class="cell-frame" style={style()} />}</Show>
        <Show when={cursor()?.here ? cursor() : null}>
          {(at) => (
            <div class="tooltip" style={{ transform: beside(at().x, size().width) }}>
              <Dynamic component={props.tooltip} cursor={at()} />
            </div>
          )}
        </Show>
      </div>
      <Marks marks={board.annotations()} extent={extent()} box={box()} zone={board.zone()} nowMs={board.nowMs} />
      <div class="sr-only" aria-live="polite">
        {said()}
      </div>
    </div>
  );
}

/** On whichever side has room. */
function beside(x: number, width: number): string {
  return x > width * 0.6 ? `translateX(calc(${x - 10}px - 100%))` : `translateX(${x + 10}px)`;
}

function middle({ fromS, toS }: Extent): number {
  return (fromS + toS) / 2;
}

function sameCursor(a: Cursor | null, b: Cursor | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.index === b.index && a.x === b.x && a.y === b.y && a.row === b.row && a.here === b.here && a.seconds === b.seconds
  );
}

function sameBox(a: PlotBox, b: PlotBox): boolean {
  return a.left === b.left && a.width === b.width && a.top === b.top && a.height === b.height;
}
