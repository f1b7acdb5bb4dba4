import { createEffect, createMemo, For, Index, type JSX, Show } from 'solid-js';
import type { OeePanel } from '../../contract/spec/panel.ts';
import { formatValue } from '../format.ts';
import { share } from './bar-rows.tsx';
import { useBoard } from './board-context.ts';
import { keyText, NO_VALUE, useChoice } from './choice.ts';
import type { KindProps } from './kind-props.ts';
import { costliest, FACTORS, type Factor, type Oee, oeeOf } from './oee-words.ts';
import { Key } from './pick.tsx';
import { thresholdPassed } from './thresholds.ts';

const ROW_REM = 1.75;

/** OEE and its three factors: large for one, a line each for several, and which factor costs most. */
export function OeeNumbers(props: KindProps<OeePanel, 'groups'>): JSX.Element {
  const board = useBoard();
  const rem = () => 16 * board.ink().scale;
  const choice = useChoice(() => props.panel.label);
  const all = createMemo<readonly Oee[]>(() => {
    const at = (name: string | undefined) => props.picture.columns.findIndex((column) => column.name === name);
    const places = {
      availability: at(props.panel.availability),
      performance: at(props.panel.performance),
      quality: at(props.panel.quality),
    };
    const keyAt = at(props.panel.label);
    return props.picture.rows.map(({ cells }) => {
      const factor = (name: Factor) => {
        const cell = cells[places[name]];
        return typeof cell === 'number' ? cell : null;
      };
      return oeeOf(keyAt < 0 ? '' : String(cells[keyAt] ?? NO_VALUE), {
        availability: factor('availability'),
        performance: factor('performance'),
        quality: factor('quality'),
      });
    });
  });
  const single = () => props.panel.label === undefined;
  const passed = (value: number | null) =>
    thresholdPassed(value, {
      warnBelow: props.panel.warnBelow,
      alarmBelow: props.panel.alarmBelow,
      unit: 'percentunit',
    });
  const worst = createMemo(() => {
    const known = all().filter(({ oee }) => oee !== null);
    return known.reduce<Oee | null>(
      (least, one) => (least === null || (one.oee ?? 0) < (least.oee ?? 0) ? one : least),
      null,
    );
  });
  createEffect(() => {
    const found = passed(worst()?.oee ?? null);
    props.onAlarm(found);
  });
  const tone = (value: number | null) => {
    const found = passed(value);
    return found ? `var(--${found.level === 'alarm' ? 'down' : 'late'})` : 'var(--live)';
  };
  const words = createMemo(() => {
    const found = worst();
    const cost = found === null ? null : costliest(found);
    if (found === null || cost === null) return null;
    return {
      whose: single() || all().length === 1 ? '' : `${keyText(found.key)}: `,
      factor: cost.factor,
      rest: `OEE would be ${percent(cost.withoutIt)} without that loss`,
    };
  });
  const stacked = () => props.room.width < 24 * rem();
  /** There is room for the numbers and one line of words only. */
  const low = () => (single() ? props.room.height < (stacked() ? 11.5 : 6) * rem() : narrow());
  const narrow = () => props.room.width < 26 * rem();
  const fits = () => Math.max(1, Math.floor((props.room.height / rem() - 1.5 - 1.75) / ROW_REM));
  const rows = createMemo(() => all().slice(0, fits()));
  const hidden = () => all().length - rows().length + props.picture.restGroups;
  const rowRem = () =>
    Math.min(2.5, Math.max(ROW_REM, (props.room.height / rem() - 1.5 - 1.75) / Math.max(1, rows().length)));
  const big = () => {
    const high = props.room.height / rem();
    const free = stacked() ? (high - (low() ? 4 : 8.75)) / 1.84 : (high - (low() ? 3.75 : 5)) / 1.15;
    return Math.max(1.25, Math.min(4.5, free, (props.room.width / rem() - 3) / (stacked() ? 5.75 : 11.5)));
  };
  return (
    <>
      <Show
        when={single()}
        fallback={
          <table class="oee-rows" style={{ '--oee-row': `${rowRem()}rem` }}>
            <thead>
              <tr>
                <th scope="col">{props.panel.label?.replaceAll('_', ' ')}</th>
                <th scope="col" class="number">
                  OEE
                </th>
                <For each={FACTORS}>
                  {(factor) => (
                    <th scope="col" class="number">
                      <Show when={narrow()} fallback={factor}>
                        <abbr title={factor}>{factor.slice(0, 4)}.</abbr>
                      </Show>
                    </th>
                  )}
                </For>
              </tr>
            </thead>
            <tbody>
              <Index each={rows()}>
                {(row) => (
                  <tr
                    class="pickable"
                    classList={{ muted: choice.muted(row().key) }}
                    data-key={row().key}
                    data-value={row().oee ?? ''}
                    style={{ '--bar': tone(row().oee) }}
                  >
                    <td>
                      <Key column={props.panel.label ?? ''} name={row().key} link={props.panel.link} />
                    </td>
                    <td class="number whole">
                      <span class="oee-bar">
                        <span class="fill" style={{ width: `${share(row().oee, 1)}%` }} />
                      </span>
                      <b>{percent(row().oee)}</b>
                    </td>
                    <For each={FACTORS}>
                      {(factor) => (
                        <td class="number" classList={{ least: costliest(row())?.factor === factor }}>
                          {percent(row()[factor], narrow() ? 0 : 1)}
                        </td>
                      )}
                    </For>
                  </tr>
                )}
              </Index>
            </tbody>
          </table>
        }
      >
        <Show when={all()[0]}>
          {(one) => (
            <div
              class="oee"
              classList={{ low: low(), stacked: stacked() }}
              style={{ '--big': `${big()}rem`, '--bar': tone(one().oee) }}
              data-value={one().oee ?? ''}
            >
              <OeeCell name="OEE" value={one().oee} whole />
              <For each={FACTORS}>
                {(factor) => (
                  <OeeCell name={factor} value={one()[factor]} least={costliest(one())?.factor === factor} />
                )}
              </For>
            </div>
          )}
        </Show>
      </Show>
      <p class="funnel-note" title={words()?.rest}>
        <Show when={words()} fallback="nothing is lost">
          {(now) => (
            <>
              <span>
                {now().whose}
                <b class="loss">{now().factor}</b> costs most
              </span>
              <Show when={!low()}>
                <span>{now().rest}</span>
              </Show>
            </>
          )}
        </Show>
        <Show when={!single() && hidden() > 0}>
          <span>+ {hidden()} more</span>
        </Show>
      </p>
    </>
  );
}

function OeeCell(props: { name: string; value: number | null; whole?: boolean; least?: boolean }): JSX.Element {
  return (
    <div class="oee-cell" classList={{ whole: props.whole ?? false, least: props.least ?? false }}>
      <b data-factor={props.name}>{percent(props.value)}</b>
      <span class="track">
        <span class="fill" style={{ display: 'block', width: `${share(props.value, 1)}%` }} />
      </span>
      <span class="key">{props.name}</span>
    </div>
  );
}

function percent(value: number | null, decimals = 1): string {
  return formatValue(value, { unit: 'percentunit', decimals }).text;
}
