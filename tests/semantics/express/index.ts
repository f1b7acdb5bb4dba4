import type { CaseFile } from '../case-file.ts';
import type { Plan } from '../scenario.ts';
import { expressArroyo } from './arroyo.ts';
import { expressDruid } from './druid.ts';
import { expressFlink } from './flink.ts';
import { expressKafka } from './kafka.ts';
import { expressNexmark } from './nexmark.ts';
import { expressRecorded } from './recorded.ts';
import { expressSpark } from './spark.ts';
import { expressStorm } from './storm.ts';

const BY_ENGINE: Readonly<Record<string, (file: CaseFile) => Plan>> = {
  'spark-run': expressRecorded,
  'flink-run': expressRecorded,
  spark: expressSpark,
  flink: expressFlink,
  'kafka-streams': expressKafka,
  arroyo: expressArroyo,
  druid: expressDruid,
  nexmark: expressNexmark,
  storm: expressStorm,
};

/** How the query of a case is written here. */
export function express(file: CaseFile): Plan {
  const expressed = BY_ENGINE[file.engine];
  if (!expressed) throw new Error(`no engine ${file.engine}`);
  return expressed(file);
}
