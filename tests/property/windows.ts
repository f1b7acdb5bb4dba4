import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { Trials, trialOf } from './support/trial.ts';

/**
 * The long mode of windows.property.test.ts: `npm run property -- --runs 5000`. A failure is shrunk and told with the
 * seed and path that repeat it at once: `npm run property -- --seed 1 --path 12:3:4`.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string' },
    path: { type: 'string' },
    'no-shrink': { type: 'boolean', default: false },
  },
});
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
const numRuns = Number(values.runs);
console.log(`seed ${seed}, ${numRuns} runs`);

const trials = await Trials.open();
let done = 0;
const property = fc.asyncProperty(trialOf, async (trial) => {
  await trials.check(trial);
  if (++done % 100 === 0) console.log(`${done} runs are right`);
});
const result = await fc.check(property, {
  seed,
  numRuns,
  endOnFailure: values['no-shrink'],
  ...(values.path === undefined ? {} : { path: values.path }),
});
trials.close();
if (result.failed) {
  console.log(`the case:\n${fc.stringify(result.counterexample?.[0])}\n`);
  console.log(result.errorInstance instanceof Error ? result.errorInstance.message : result.errorInstance);
  console.log(`\nrun ${result.numRuns} failed, shrunk ${result.numShrinks} times. It is repeated by:`);
  console.log(`npm run property -- --seed ${seed} --path ${result.counterexamplePath}`);
  process.exitCode = 1;
} else console.log(`all ${result.numRuns} runs are right`);
