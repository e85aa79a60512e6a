import type { Command } from 'commander'
import { Option } from 'commander'
import type { CommandContext } from './command-context.ts'
import { positive, timeOf } from './flag-values.ts'
import { batches, type BatchesFlags, edits, type EditsFlags } from './lists.ts'

/** What there is, by name, state, key, error and time. */
export function withLists(program: Command, { io, end, opened }: CommandContext): void {
  const batchList = program
    .command('batches')
    .description('list batches, the newest first')
    .option('--name <text>', 'with this in their names, in capitals or not')
    .addOption(
      new Option('--state <state>', 'failed: rows of it have failed').choices([
        'open',
        'active',
        'paused',
        'canceled',
        'failed',
        'completed',
      ]),
    )
    .option('--error <code>', 'rows of it failed with this code')
  withListFlags(batchList, 20)
    .addHelpText('after', batchesExamples)
    .action(async (flags: BatchesFlags) => end(batches(flags, await opened(), io)))

  const editList = program
    .command('edits')
    .description('list edits: the newest batch or single edit first, rows in their order')
    .option('--batch <id>', 'of this batch')
    .option('--name <text>', 'of batches with this in their names, in capitals or not')
    .option('--state <state>', 'one state, or several with commas between them: failed,canceled')
    .option('--key-prefix <text>', 'the beginning of the key')
    .option('--error <code>', 'failed with this code')
  withListFlags(editList, 50)
    .addHelpText('after', editsExamples)
    .action(async (flags: EditsFlags) => end(edits(flags, await opened(), io)))
}

const withListFlags = (command: Command, usual: number): Command =>
  command
    .option(
      '--from <time>',
      'enqueued then or later: 2026-03-02, 2026-03-02T21:00Z, or 24h or 7d ago',
      timeOf,
    )
    .option('--to <time>', 'enqueued before then', timeOf)
    .option('--limit <count>', `how many at most (default: ${usual})`, positive)
    .option('--all', 'all of them, however many')
    .option('--json', 'print one line of JSON for each; all of them, unless --limit says otherwise')

const batchesExamples = `
Examples:
  $ restyle batches --name spring --state failed
  $ restyle batches --from 24h --json`

const editsExamples = `
Examples:
  $ restyle edits --batch batch_… --state failed
  $ restyle edits --key-prefix 4711- --from 7d
  $ restyle edits --error DataInspectionFailed --from 2026-03-02 --json`
