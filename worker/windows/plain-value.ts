import { formatTimeUs } from '../../contract/emitted-row.ts';
import type { Cell, ValueType } from '../panes/column.ts';
import { decimalScale, formatDecimal } from '../panes/decimal.ts';

/** A cell as a value outside the engine: see `EmittedRow.columns`. */
export function plainValue(cell: Cell, type: ValueType): unknown {
  if (cell === null || typeof cell === 'string') return cell;
  if (type === 'boolean') return cell === 1;
  if (type === 'timestamp') return formatTimeUs(Number(cell));
  const scale = decimalScale(type);
  if (scale === null) return cell;
  const text = formatDecimal(cell, scale);
  const number = Number(text);
  return number.toFixed(scale) === text ? number : text;
}
