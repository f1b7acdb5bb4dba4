import {
  bool,
  columnFromArray,
  type DataType,
  float64,
  int64,
  tableFromColumns,
  tableToIPC,
  utf8,
} from '@uwdata/flechette';
import type { Expression } from '../../contract/spec/select.ts';
import type { Cell, ValueType } from '../panes/column.ts';
import { measureKey } from '../windows/aggregates.ts';
import { compileSelect } from '../windows/evaluate.ts';
import { type KeptWindow, stateOf } from '../windows/kept-window.ts';

/**
 * A window as Arrow, one row per window and group that has rows: `window_start`, `window_end`, the by-columns, the select
 * columns, `state`. Times are int64 µs, and their names are in `times`: the encoder would take them as milliseconds.
 */
export function windowTable({ plan, table, state }: KeptWindow): { ipc: Uint8Array; times: string[] } {
  const { window } = plan;
  const starts: bigint[] = [];
  const ends: bigint[] = [];
  const groups: (readonly Cell[])[] = [];
  const slots: number[] = [];
  const states: string[] = [];
  for (const pane of table.panes) {
    const endUs = pane.startUs + window.sizeUs;
    const final = state.watermarkUs !== null && endUs <= state.watermarkUs;
    for (const [key, slot] of pane.slots) {
      starts.push(BigInt(pane.startUs));
      ends.push(BigInt(endUs));
      groups.push(table.keys.tuple(key));
      slots.push(slot);
      states.push(pane.revised ? 'revised' : final ? 'final' : 'provisional');
    }
  }
  const columns = [
    arrowColumn('window_start', starts, int64()),
    arrowColumn('window_end', ends, int64()),
    ...window.by.map((name, index) =>
      typedColumn(
        name,
        groups.map((group) => group[index] ?? null),
        plan.byTypes[index] ?? 'text',
      ),
    ),
    ...window.select.map(({ name, expression }) => {
      const value = compileSelect(name, window.select, (key) => stateOf(table, key));
      return typedColumn(
        name,
        slots.map((slot) => value(slot)),
        typeOf(expression, plan.measures),
      );
    }),
    arrowColumn('state', states, utf8()),
  ];
  const made = tableFromColumns(columns);
  const times = [
    'window_start',
    'window_end',
    ...window.by.filter((_, index) => plan.byTypes[index] === 'timestamp'),
    ...window.select
      .filter(({ expression }) => typeOf(expression, plan.measures) === 'timestamp')
      .map(({ name }) => name),
  ];
  return { ipc: tableToIPC(made, { format: 'stream' }) as Uint8Array, times };
}

function typeOf(expression: Expression, measures: KeptWindow['plan']['measures']): ValueType {
  if (expression.kind !== 'aggregate') return 'float';
  return measures.get(measureKey(expression.aggregate))?.type ?? 'float';
}

function typedColumn(name: string, values: readonly Cell[], type: ValueType) {
  switch (type) {
    case 'integer':
      return arrowColumn(name, values.map(toBigint), int64());
    case 'timestamp':
      return arrowColumn(name, values.map(toBigint), int64());
    case 'boolean':
      return arrowColumn(
        name,
        values.map((value) => (value === null ? null : value === 1)),
        bool(),
      );
    case 'text':
      return arrowColumn(name, values, utf8());
    case 'float':
      return arrowColumn(
        name,
        values.map((value) => (value === null ? null : Number(value))),
        float64(),
      );
  }
}

function arrowColumn(
  name: string,
  values: readonly unknown[],
  type: DataType,
): [string, ReturnType<typeof columnFromArray>] {
  return [name, columnFromArray([...values], type, { useBigInt: true })];
}

function toBigint(value: Cell): bigint | null {
  return typeof value === 'number' ? BigInt(value) : typeof value === 'bigint' ? value : null;
}
