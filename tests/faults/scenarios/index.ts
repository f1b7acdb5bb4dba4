import type { Scenario } from '../kit/scenario.ts';
import { f01 } from './f01-reset.ts';

export const SCENARIOS: readonly Scenario[] = [f01];
