import { GROUP_FORMULATIONS, WINDOW_FORMULATIONS } from './formulations.ts';
import { type EngineFacts, HighwaterSide } from './highwater-side.ts';
import { openPerspective, type Read } from './perspective.ts';
import { RivalSide } from './rival-side.ts';
import type { PictureKind } from './truth.ts';

export interface Contender {
  readonly formulation: string;
  readonly read: Read;
}

/** Mean ms per tick, one value per repeat, page to page: bytes in hand → picture in hand. */
export interface Versus {
  readonly highwater: readonly number[];
  readonly rivals: readonly (Contender & { readonly ms: readonly number[] })[];
  readonly facts: EngineFacts;
}

const WARM_UP_TICKS = 5;

/** The same ticks for Highwater and each contender in turn, again and again, all at `rows` stored rows. */
export async function versus(
  kind: PictureKind,
  rows: number,
  contenders: readonly Contender[],
  repeats: number,
  ticks: number,
): Promise<Versus> {
  const highwater = await HighwaterSide.open(kind, 2 ** 30);
  await highwater.fill(rows);
  const client = await openPerspective();
  const formulations = kind === 'windows' ? WINDOW_FORMULATIONS : GROUP_FORMULATIONS;
  const rivals: { contender: Contender; side: RivalSide; ms: number[] }[] = [];
  for (const contender of contenders) {
    const formulation = formulations.find(({ name }) => name === contender.formulation);
    if (!formulation) throw new Error(`no formulation "${contender.formulation}"`);
    const side = await RivalSide.open(client, kind, formulation.prepared, rows);
    await side.show(formulation);
    await side.run(contender.read, WARM_UP_TICKS);
    await side.check(contender.formulation);
    rivals.push({ contender, side, ms: [] });
  }
  const ours: number[] = [];
  for (let i = 0; i < WARM_UP_TICKS; i++) await highwater.tick();
  highwater.check('Highwater');
  for (let repeat = 0; repeat < repeats; repeat++) {
    let totalMs = 0;
    for (let i = 0; i < ticks; i++) totalMs += (await highwater.tick()).pageMs;
    ours.push(totalMs / ticks);
    for (const { contender, side, ms } of rivals) ms.push(await side.run(contender.read, ticks));
  }
  highwater.check('Highwater');
  for (const { contender, side } of rivals) await side.check(contender.formulation);
  const facts = await highwater.facts();
  for (const { side } of rivals) await side.close();
  await client.terminate();
  await highwater.close();
  return { highwater: ours, rivals: rivals.map(({ contender, ms }) => ({ ...contender, ms })), facts };
}
