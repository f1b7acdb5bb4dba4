import { type Expression, parseSelect } from '../../contract/spec/select.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';

/** Whether a measure's values of several groups may be added to one of all: counts and sums, and what is linear in them. */
export function isAdditive(measure: string, spec: WindowSpec | undefined): boolean {
  const names = Object.keys(spec?.select ?? {});
  const linear = (name: string, seen: readonly string[]): boolean => {
    const text = spec?.select[name];
    if (text === undefined || seen.includes(name)) return false;
    const parsed = parseSelect(name, text, names);
    return 'select' in parsed && isLinear(parsed.select.expression, (other) => linear(other, [...seen, name]));
  };
  return linear(measure, []);
}

function isLinear(expression: Expression, named: (name: string) => boolean): boolean {
  switch (expression.kind) {
    case 'aggregate':
      return expression.aggregate.fn === 'count' || expression.aggregate.fn === 'sum';
    case 'name':
      return named(expression.name);
    case 'number':
    case 'seconds':
      return false;
    case 'binary': {
      const { operator, left, right } = expression;
      if (operator === '+' || operator === '-') return isLinear(left, named) && isLinear(right, named);
      if (operator === '/') return isLinear(left, named) && isConstant(right);
      return (isLinear(left, named) && isConstant(right)) || (isConstant(left) && isLinear(right, named));
    }
  }
}

function isConstant({ kind }: Expression): boolean {
  return kind === 'number' || kind === 'seconds';
}
