import { GROUP_FORMULATIONS, WINDOW_FORMULATIONS } from './formulations.ts';
import { type Formulation, openPerspective, READS, type Read } from './perspective.ts';
import { RivalSide } from './rival-side.ts';
import type { PictureKind } from './truth.ts';

/** How one formulation did in the qualifying round, ms per tick; `refused` when it failed or gave other numbers. */
export interface Qualifier {
  readonly formulation: string;
  readonly read: Read;
  /** It had its window as a ready column. */
  readonly prepared: boolean;
  readonly samplesMs: readonly number[];
  readonly refused: string | null;
}

/** Formulations (of `names`, or all) in turn on a table of `rows` rows: one tick to warm up, then `ticks` per way of reading. */
export async function qualify(
  kind: PictureKind,
  rows: number,
  ticks: number,
  names: readonly string[] | null,
): Promise<Qualifier[]> {
  const client = await openPerspective();
  const results: Qualifier[] = [];
  const all = kind === 'windows' ? WINDOW_FORMULATIONS : GROUP_FORMULATIONS;
  for (const prepared of [false, true]) {
    const formulations = all.filter(
      (formulation) => formulation.prepared === prepared && (names?.includes(formulation.name) ?? true),
    );
    if (formulations.length === 0) continue;
    const side = await RivalSide.open(client, kind, prepared, rows);
    for (const formulation of formulations) results.push(...(await qualifyOne(side, formulation, ticks)));
    await side.close();
  }
  await client.terminate();
  return results;
}

async function qualifyOne(side: RivalSide, formulation: Formulation, ticks: number): Promise<Qualifier[]> {
  const { name, prepared, fresh } = formulation;
  try {
    await side.show(formulation);
    await side.run('to_columns', 1);
    const reads: Qualifier[] = [];
    for (const read of READS)
      reads.push({
        formulation: name,
        read,
        prepared,
        samplesMs: [await side.run(read, fresh ? 1 : ticks)],
        refused: null,
      });
    await side.check(name);
    return reads;
  } catch (error) {
    return [{ formulation: name, read: 'to_columns', prepared, samplesMs: [], refused: String(error) }];
  }
}
