import { relative } from 'node:path';
import type { TestProject } from 'vitest/node';
import { findChromium, findKafka, findMosquitto } from './tools.ts';

/** Before any test that spans programs: what those need is there, so that no test's time goes into installing it. */
export default async function setup(project: TestProject): Promise<void> {
  const named = process.argv.slice(2).filter((argument) => !argument.startsWith('-') && /\/|\.test\b/.test(argument));
  const { testFiles } = await project.globTestFiles(named);
  const spansPrograms = testFiles.some((file) => /^tests\/[^/]+\//.test(relative(project.config.root, file)));
  if (!spansPrograms) return;
  // One after the other: apt allows one at a time.
  await findMosquitto();
  await findKafka();
  await findChromium();
}
