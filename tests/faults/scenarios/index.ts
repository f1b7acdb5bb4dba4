import type { Scenario } from '../kit/scenario.ts';
import { f01 } from './f01-reset.ts';
import { f02 } from './f02-half-open.ts';
import { f03 } from './f03-reload.ts';
import { f04 } from './f04-sleep.ts';
import { f05 } from './f05-slow-tab.ts';
import { f06 } from './f06-slow-latest.ts';
import { f07 } from './f07-relay-killed.ts';
import { f08 } from './f08-rolling-restart.ts';
import { f09 } from './f09-storm.ts';
import { f10 } from './f10-broker-killed.ts';
import { f11 } from './f11-leader-failover.ts';
import { f12 } from './f12-broker-partition.ts';
import { f13 } from './f13-out-of-range.ts';
import { f14 } from './f14-topic-recreated.ts';
import { f15 } from './f15-unclean-election.ts';
import { f16 } from './f16-transactions.ts';
import { f17 } from './f17-sent-twice.ts';
import { f18 } from './f18-mqtt.ts';
import { f19 } from './f19-bad-input.ts';
import { f20 } from './f20-schema.ts';
import { f21 } from './f21-clock-skew.ts';
import { f22 } from './f22-disk-full.ts';
import { f23 } from './f23-little-memory.ts';

/** The fault matrix, in its order. */
export const SCENARIOS: readonly Scenario[] = [
  f01,
  f02,
  f03,
  f04,
  f05,
  f06,
  f07,
  f08,
  f09,
  f10,
  f11,
  f12,
  f13,
  f14,
  f15,
  f16,
  f17,
  f18,
  f19,
  f20,
  f21,
  f22,
  f23,
];
