import { fileURLToPath } from 'node:url';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { systemClock } from '../../contract/clock.ts';
import { HighwaterError } from '../../contract/errors.ts';
import { addDeadLetters } from './dead-letters.ts';
import { Output } from './output.ts';
import { MAX_PARTITIONS, type PartitionRule } from './partitions.ts';
import { type RunOptions, run } from './run.ts';

/**
 * `npm run highwater -- <command>`. Rows go to stdout, words to stderr.
 *
 *     exit  0 done, or nobody reads any more   1 the configuration or the command line   2 an input cannot be read
 *           3 --strict and a dead letter        130 interrupted
 */
async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('highwater')
    .description('Live BI in a browser tab, and its windows without one.')
    .configureOutput({ writeErr: (text) => process.stderr.write(text) })
    .exitOverride();
  program
    .command('start')
    .description('start the relay, as npm start does: start --help lists its options')
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async (_options: unknown, command: Command) => start(command.args));
  runCommand(program).action(async (_options: unknown, command: Command) => {
    process.exitCode = await runOverProcess(optionsOf(command));
  });
  addDeadLetters(program, { clock: systemClock, print: (text) => process.stdout.write(`${text}\n`) });
  if (argv.length === 0) program.outputHelp();
  else await program.parseAsync([...argv], { from: 'user' });
}

interface Given {
  readonly config: string;
  readonly window?: string;
  readonly input: readonly string[];
  readonly mode: RunOptions['mode'];
  readonly partitions: PartitionRule;
  readonly batch: number;
  readonly keepOpen: boolean;
  readonly explain: boolean;
  readonly strict: boolean;
  readonly verbose: boolean;
}

function runCommand(program: Command): Command {
  const repeated = (text: string, before: readonly string[]) => [...before, text];
  return program
    .command('run')
    .description('run windows over JSON lines, without a browser: one JSON object per row that is put out')
    .option('--config <file>', 'streams and windows', 'highwater.yaml')
    .option('--window <name>', 'the window to run; left out: all, and each row says which is its')
    .option(
      '--input <path>',
      'a file, or - for standard input (the default); stream=path where there are several',
      repeated,
      [],
    )
    .addOption(
      new Option('--mode <mode>', 'when rows are put out: changed ones, final ones, or all each time')
        .choices(['update', 'append', 'complete'])
        .default('update'),
    )
    .option(
      '--partitions <n|field>',
      'deal the records out to so many partitions, or by the values of a field',
      partitions,
      { count: 1 },
    )
    .option('--batch <n>', 'the watermark moves after so many records, and at an empty line', count, 8192)
    .option('--keep-open', 'leave windows open that the watermark has not passed at the end', false)
    .option('--explain', 'print the fields and the plan instead', false)
    .option('--strict', 'end with status 3 when a record was no row', false)
    .option('-v, --verbose', 'say more on stderr', false)
    .allowExcessArguments(false);
}

function optionsOf(command: Command): RunOptions {
  const { window, input, batch, ...rest } = command.opts<Given>();
  return { ...rest, window: window ?? null, inputs: input, batchRecords: batch };
}

function partitions(text: string): PartitionRule {
  if (!/^\d+$/.test(text)) return { field: text };
  const value = Number(text);
  if (value < 1 || value > MAX_PARTITIONS)
    throw new InvalidArgumentError(`Expected a number from 1 to ${MAX_PARTITIONS}, or a field.`);
  return { count: value };
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('Expected a whole number from 1 on.');
  return value;
}

async function runOverProcess(options: RunOptions): Promise<number> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  return run(options, {
    stdin: process.stdin,
    output: new Output(process.stdout, () => process.exit(0)),
    tell: (text) => process.stderr.write(`${text}\n`),
    nowMs: () => Date.now(),
    signal: stop.signal,
  });
}

/** The relay is a program of its own, which reads its options from the command line. */
async function start(args: readonly string[]): Promise<void> {
  const path = new URL('../main.ts', import.meta.url);
  process.argv.splice(1, process.argv.length, fileURLToPath(path), '--build', ...args);
  await import(path.href);
}

main(process.argv.slice(2)).then(
  () => {
    if (process.exitCode !== undefined) process.exit();
  },
  (error: unknown) => {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 1);
    if (!(error instanceof HighwaterError)) throw error;
    process.stderr.write(`${error.message}\n  ${error.fix}\n`);
    process.exit(error.code === 'file_unreadable' ? 2 : 1);
  },
);
