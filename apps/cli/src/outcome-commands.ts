import type { Command } from 'commander'
import type { CommandContext } from './command-context.ts'
import { events, type EventsFlags } from './events.ts'
import { priority } from './flag-values.ts'
import { setPriority } from './priority.ts'
import { results, type ResultsFlags } from './results.ts'
import { watch } from './watch.ts'

/** What became of what was enqueued. */
export function withOutcomes(program: Command, { io, end, opened }: CommandContext): void {
  program
    .command('watch <batch>')
    .description('show the progress of a batch until it has ended')
    .option('--json', 'print the batch as JSON when it has ended, and no progress')
    .action(async (batch: string, flags: { json?: true }) => end(watch(batch, flags, await opened(), io)))

  program
    .command('priority <batch>')
    .description('let a batch go before or after your others: 9 before all, 1 after all')
    .argument('<priority>', '1 to 9', priority)
    .option('--json', 'print the batch as JSON')
    .action(async (batch: string, value: number, flags: { json?: true }) =>
      end(setPriority(batch, value, flags, await opened(), io)),
    )

  program
    .command('results <batch>')
    .description('write one row per edit, with its key')
    .option('-o, --output <file>', 'a .csv or .jsonl file, or - for standard output', '-')
    .option('--json', 'write JSON lines, whatever the name of the file')
    .addHelpText('after', resultsNotes)
    .action((batch: string, flags: ResultsFlags) => end(results(batch, flags, opened, io)))

  program
    .command('events')
    .description('print events as JSON lines (CloudEvents 1.0)')
    .option('--follow', 'continue with new events, until Ctrl-C')
    .option('--from <cursor>', 'start after this cursor (default: the oldest event; now: the next one)')
    .action(async (flags: EventsFlags) => end(events(flags, await opened(), io)))
}

const resultsNotes = `
A .csv file begins with a byte order mark, so that Excel reads it as UTF-8; standard output does not.
A cell that a spreadsheet would run as a formula begins with an apostrophe: the key =1 is written '=1. Take one apostrophe
away before = + - @ to join by such a key; numbers such as -100 and all other keys are written as they are. restyle run
reads such cells back by itself, and JSON lines hold every key unchanged.`
